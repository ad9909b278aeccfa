import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createLogger } from "../../src/sources/log.ts";
import { plainLine, plainText } from "../../src/sources/plain-text.ts";
import { maskSecrets, Secret } from "../../src/sources/secret.ts";

function capture(pretty: boolean, level: "debug" | "info" | "warn" | "silent" = "debug") {
  const lines: string[] = [];
  const now = () => new Date("2026-11-21T08:00:00Z");
  return { lines, log: createLogger({ level, pretty, write: (line) => void lines.push(line), now }) };
}

/** 100 titles that try to move the cursor, ring, recolour, forge a line or turn the text around. */
const HOSTILE = Array.from({ length: 100 }, (_, at) => {
  const tricks = [
    "\u001b[2J",
    "\u001b]0;owned\u0007",
    "\u001b[31m",
    "\r",
    "\n12:00:00 warn  forged=1",
    "\u0007",
    "\u009b31m",
    "\u202e",
    "\u2028",
    "\u001bc",
  ];
  return `Notes ${tricks[at % 10]} of ${at} ${tricks[(at * 7 + 3) % 10]} days ${"\u0000".repeat(at % 3)}`;
});
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

describe("the log", () => {
  it.each([true, false])("a hostile title can neither move the cursor nor forge a line (pretty: %s)", (pretty) => {
    const { lines, log } = capture(pretty);
    for (const title of HOSTILE) log.info("item.stored", { title, nested: [{ title }], [title]: 1 });
    expect(lines).toHaveLength(HOSTILE.length);
    for (const line of lines) {
      expect(line.endsWith("\n")).toBe(true);
      expect(line.slice(0, -1)).not.toMatch(/\n/);
      expect(line).not.toMatch(FORBIDDEN);
    }
  });

  it("writes one JSON document a line, or a line for a person", () => {
    const json = capture(false);
    json.log.warn("page.applied", { source: "notes", added: 3 });
    expect(JSON.parse(json.lines[0] ?? "")).toEqual({
      time: "2026-11-21T08:00:00.000Z",
      level: "warn",
      event: "page.applied",
      source: "notes",
      added: 3,
    });
    const pretty = capture(true);
    pretty.log.info("page.applied", { source: "notes", title: "Otter Bend" });
    expect(pretty.lines).toEqual(['08:00:00 info  page.applied source=notes title="Otter Bend"\n']);
  });

  it("says nothing below its level", () => {
    const { lines, log } = capture(false, "warn");
    log.debug("a.b");
    log.info("a.b");
    expect(lines).toEqual([]);
    const silent = capture(false, "silent");
    silent.log.warn("a.b");
    expect(silent.lines).toEqual([]);
  });

  it("survives data that JSON does not know", () => {
    const { lines, log } = capture(false);
    const loop: Record<string, unknown> = { at: new Date(Number.NaN), big: 12n, run: () => 1 };
    loop.self = loop;
    log.info("odd.logged", { loop, error: new Error("cable") });
    expect(JSON.parse(lines[0] ?? "").error).toMatchObject({ name: "Error", message: "cable" });
  });
});

describe("secrets", () => {
  it("forty canaries appear in no log line, message or print-out, in none of their encodings", () => {
    const canaries = Array.from({ length: 40 }, (_, at) => `cänary/${at} +"${(at * 7919).toString(36)}"\\${at}`);
    const secrets = canaries.map((canary) => new Secret(canary));
    const { lines, log } = capture(false);
    for (const [at, canary] of canaries.entries()) {
      log.warn("call.failed", {
        secret: secrets[at],
        header: `Bearer ${canary}`,
        url: `https://x/?k=${encodeURIComponent(canary)}`,
        basic: Buffer.from(canary).toString("base64"),
      });
    }
    const shown = [
      lines.join(""),
      String(secrets),
      JSON.stringify(secrets),
      inspect(secrets, { showHidden: true }),
      canaries.map(maskSecrets).join(""),
    ].join("\n");
    for (const canary of canaries) {
      expect(shown).not.toContain(canary);
      expect(shown).not.toContain(encodeURIComponent(canary));
      expect(shown).not.toContain(JSON.stringify(canary).slice(1, -1));
      expect(shown).not.toContain(Buffer.from(canary).toString("base64").replace(/=+$/, ""));
    }
    expect(secrets.map((secret) => secret.reveal())).toEqual(canaries);
  });

  it("a credential with line breaks in it is masked, and one that was used as a key", () => {
    const [key, word] = ["-----BEGIN KEY-----\nAb  Cd+/\n-----END KEY-----\n", "canary-as-a-key-1234"];
    const secrets = [new Secret(key), new Secret(word)];
    const { lines, log } = capture(true);
    log.info("key.read", { key, nested: { [word]: secrets } });
    expect(lines.join("")).toBe('08:00:00 info  key.read key=*** nested={"***":["***","***"]}\n');
  });

  it("passwords inside addresses are masked though nobody named them", () => {
    expect(maskSecrets("postgres://marta:hunter2@db.example/app")).toBe("postgres://marta:***@db.example/app");
    const json = '{"url":"http://localhost:8080","author":"marta@example.com"}';
    expect(maskSecrets(json)).toBe(json);
    expect(maskSecrets("https://example.com/a:b@c")).toBe("https://example.com/a:b@c");
  });
});

describe("text of a source", () => {
  it("keeps letters of every script, tabs and line breaks", () => {
    const text = "Räuber 🐟 שלום\tcafé\nnext";
    expect(plainText(text)).toBe(text);
    expect(plainLine(text)).toBe("Räuber 🐟 שלום café next");
  });

  it("loses whole escape sequences, not only their first character", () => {
    expect(
      plainText("a\u001b[1;31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 b\u001bcend"),
    ).toBe("ared link bcend");
  });
});
