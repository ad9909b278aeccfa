import type { FetchQueryObject, ImapFlow } from "imapflow";
import { describe, expect, it } from "vitest";
import { readBigMail } from "../../../src/connectors/imap/big-mail.ts";
import { written } from "./letters.ts";

const LETTER = written({
  subject: "Soundings of 2026",
  text: "The bar was sounded at low water.",
  attachments: { "soundings.md": "# Soundings\n\n4.20 m" },
});
const HEAD = LETTER.subarray(0, LETTER.indexOf("\r\n\r\n"));

/** A server that tells of a mail what the test says, and hands out the whole of it. */
function serverThatSays(described: object, bodyParts?: Map<string, Buffer>): ImapFlow {
  const fetchOne = async (_uid: string, query: FetchQueryObject) => {
    if (query.source) return { uid: 7, source: LETTER };
    return query.bodyParts ? { uid: 7, bodyParts } : { uid: 7, headers: HEAD, ...described };
  };
  return { fetchOne } as unknown as ImapFlow;
}

const TEXT = { type: "text/plain", encoding: "8bit", part: "1", size: 40 };
const FILE = { type: "text/markdown", part: "2", size: 90, disposition: "attachment" };

describe("a large mail", () => {
  it("is read by its parts, and what is attached stays at the server", async () => {
    const structure = { bodyStructure: { type: "multipart/mixed", childNodes: [TEXT, FILE] } };
    const mail = await readBigMail(serverThatSays(structure, new Map([["1", Buffer.from("By its part.")]])), 7);
    expect(mail.text?.trim()).toBe("By its part.");
    expect(mail.attachments).toMatchObject([{ distant: true, part: "2" }]);
  });

  it.each([
    ["does not know its structure", serverThatSays({})],
    ["names a part that it does not have", serverThatSays({ bodyStructure: TEXT }, new Map())],
  ])("is read whole where the server %s", async (_, flow) => {
    const mail = await readBigMail(flow, 7);
    expect(mail.text?.trim()).toBe("The bar was sounded at low water.");
    expect(mail.attachments).toHaveLength(1);
    expect(Buffer.from(mail.attachments[0]?.content() ?? []).toString()).toContain("4.20 m");
  });
});
