import { ConnectorError } from "../../kit/index.ts";

/** A line of git's protocol, or one of its marks. https://git-scm.com/docs/protocol-common, 2026-11. */
export type Packet = Buffer | "flush" | "delimiter" | "end";

const MARKS: Readonly<Record<string, "flush" | "delimiter" | "end">> = {
  "0000": "flush",
  "0001": "delimiter",
  "0002": "end",
};
const MARK_OF = { flush: "0000", delimiter: "0001", end: "0002" };

/** Lines as they travel: four hexadecimal digits of length, which count themselves, then the line. */
export function writePackets(packets: readonly (string | "flush" | "delimiter")[]): Buffer {
  const parts = packets.map((packet) => {
    if (packet === "flush" || packet === "delimiter") return MARK_OF[packet];
    const line = `${packet}\n`;
    return (Buffer.byteLength(line) + 4).toString(16).padStart(4, "0") + line;
  });
  return Buffer.from(parts.join(""));
}

/** The packets of an answer. Throws `bad_response` when it is none of git's. */
export function* readPackets(answer: Buffer): Generator<Packet> {
  for (let at = 0; at < answer.length; ) {
    const written = answer.toString("latin1", at, at + 4);
    const mark = MARKS[written];
    if (mark !== undefined) {
      yield mark;
      at += 4;
      continue;
    }
    const length = /^[0-9a-f]{4}$/i.test(written) ? Number.parseInt(written, 16) : 0;
    if (length < 4 || at + length > answer.length)
      throw new ConnectorError("bad_response", "That is not how git answers.");
    yield answer.subarray(at + 4, at + length);
    at += length;
  }
}

/** A line as text, without its line break; undefined for a mark. */
export function lineOf(packet: Packet): string | undefined {
  return typeof packet === "string" ? undefined : packet.toString("utf8").replace(/\n$/, "");
}
