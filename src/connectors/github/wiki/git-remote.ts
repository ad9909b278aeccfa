import { buffer } from "node:stream/consumers";
import { ConnectorError, type Http } from "../../kit/index.ts";
import { lineOf, readPackets, writePackets } from "./pkt-line.ts";

/** Lists of names are small; packs are capped by who asks for them. Bytes. */
const LARGEST_LIST = 4_000_000;
const OBJECT_ID = /^[0-9a-f]{40}$/;
/** Which band of a multiplexed answer holds what. https://git-scm.com/docs/protocol-v2#_fetch, 2026-11. */
const [DATA, FAILURE] = [1, 3];

/**
 * What to leave out of a pack: blobs above a size, or all of them.
 */
export type PackFilter = `blob:limit=${number}` | "blob:none";

/**
 * A repository that is read over git's own HTTP, protocol version 2 (https://git-scm.com/docs/protocol-v2, 2026-11):
 * its newest commit and what lies in it, nothing of its history.
 */
export class GitRemote {
  readonly #http: Http;
  readonly #address: string;
  readonly #authorization: string | undefined;

  /** `address` ends with `.git`; `authorization` goes to it alone. */
  constructor(http: Http, address: string, authorization: string | undefined) {
    this.#http = http;
    this.#address = address;
    this.#authorization = authorization;
  }

  /** The commit that HEAD names; undefined when nothing was committed yet. One request. */
  async head(): Promise<string | undefined> {
    const answer = await this.#ask(["command=ls-refs", "delimiter", "ref-prefix HEAD", "flush"], LARGEST_LIST);
    for (const packet of readPackets(answer)) {
      const [id = "", name] = (lineOf(packet) ?? "").split(" ");
      if (id === "ERR") throw refused(lineOf(packet));
      if (name === "HEAD" && OBJECT_ID.test(id)) return id;
    }
    return undefined;
  }

  /** One commit with its trees and, where the server can leave some out, those blobs that `filter` lets pass. */
  async pack(commit: string, filter: PackFilter, maxBytes: number): Promise<Buffer> {
    const filters = await this.#canFilter();
    const answer = await this.#ask(
      [
        "command=fetch",
        "delimiter",
        "no-progress",
        "ofs-delta",
        `want ${commit}`,
        "deepen 1",
        ...(filters ? [`filter ${filter}`] : []),
        "done",
        "flush",
      ],
      maxBytes,
    );
    return packIn(answer);
  }

  async #canFilter(): Promise<boolean> {
    const answer = await this.#http.stream({
      url: `${this.#address}/info/refs`,
      query: { service: "git-upload-pack" },
      headers: this.#headers(),
      anonymous: true,
      maxBytes: LARGEST_LIST,
    });
    const lines = [...readPackets(await buffer(answer.body))].map(lineOf);
    if (!lines.includes("version 2"))
      throw new ConnectorError("unsupported", "The server of the wiki does not speak version 2 of git's protocol.");
    return lines.some(
      (line) => line?.startsWith("fetch=") && line.slice("fetch=".length).split(" ").includes("filter"),
    );
  }

  async #ask(packets: string[], maxBytes: number): Promise<Buffer> {
    const answer = await this.#http.stream({
      url: `${this.#address}/git-upload-pack`,
      method: "POST",
      reads: true,
      body: writePackets(packets),
      headers: {
        ...this.#headers(),
        "Content-Type": "application/x-git-upload-pack-request",
        Accept: "application/x-git-upload-pack-result",
      },
      anonymous: true,
      maxBytes,
    });
    return await buffer(answer.body);
  }

  #headers(): Record<string, string> {
    return {
      "Git-Protocol": "version=2",
      ...(this.#authorization !== undefined && { Authorization: this.#authorization }),
    };
  }
}

/** The pack among the sections of an answer. */
function packIn(answer: Buffer): Buffer {
  const parts: Buffer[] = [];
  let inPack = false;
  for (const packet of readPackets(answer)) {
    if (typeof packet === "string") continue;
    const band = packet[0];
    if (!inPack) {
      const line = lineOf(packet);
      if (line?.startsWith("ERR ")) throw refused(line);
      inPack = line === "packfile";
    } else if (band === DATA) parts.push(packet.subarray(1));
    else if (band === FAILURE) throw refused(lineOf(packet));
  }
  if (parts.length > 0) return Buffer.concat(parts);
  throw new ConnectorError("bad_response", "The server of the wiki sent no pages.");
}

function refused(cause: string | undefined): ConnectorError {
  return new ConnectorError("bad_response", "The server of the wiki refused to send it.", { cause });
}
