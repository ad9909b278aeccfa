import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTree, withEntry, withoutEntry } from "../../../src/cli/clients/edit.ts";
import { valueAt } from "../../../src/cli/clients/editor.ts";

const FILE = "/home/ada/file";
const ENTRY = { command: "npx", args: ["-y", "headwater", "serve", "--config", "/home/ada/Größe 🐟/headwater.yaml"] };
const SERVERS = ["mcpServers", "headwater"];

interface Sample {
  what: string;
  format: "json" | "toml" | "yaml";
  path: string[];
  text: string;
  /** Levels of maps that were not there before. */
  made: number;
}

const json = (what: string, text: string, made: number): Sample => ({
  what,
  format: "json",
  path: SERVERS,
  text,
  made,
});
const toml = (what: string, text: string): Sample => ({
  what,
  format: "toml",
  path: ["mcp_servers", "headwater"],
  text,
  made: 1,
});
const yaml = (what: string, text: string, made: number): Sample => ({
  what,
  format: "yaml",
  path: ["extensions", "headwater"],
  text,
  made,
});

const SAMPLES: Sample[] = [
  json("an empty object", "{}", 1),
  json("an object with other settings", '{\n  "theme": "dark",\n  "fontSize": 14\n}\n', 1),
  json("an empty map of servers", '{\n  "mcpServers": {}\n}\n', 0),
  json(
    "other servers, odd key order, no line end at the end",
    '{\n  "zebra": true,\n  "mcpServers": {\n    "files": { "args": ["/srv"], "command": "mcp-files" }\n  },\n  "apple": null\n}',
    0,
  ),
  json("tabs", '{\n\t"mcpServers": {\n\t\t"a": {\n\t\t\t"command": "a"\n\t\t}\n\t}\n}\n', 0),
  json("four spaces and CRLF", '{\r\n    "mcpServers": {\r\n        "a": { "command": "a" }\r\n    }\r\n}\r\n', 0),
  json("a byte order mark", '\ufeff{\n  "mcpServers": {\n    "a": {}\n  }\n}\n', 0),
  json("a byte order mark and CRLF before nothing else", '\ufeff{\r\n  "a": 1\r\n}\r\n', 1),
  json("trailing commas", '{\n  "mcpServers": {\n    "a": { "command": "a", },\n  },\n}\n', 0),
  json(
    "comments everywhere",
    '// mine\n{\n  /* servers, with care */\n  "mcpServers": {\n    // the first\n    "a": { "command": "a" } // stays\n    // "b": { "command": "b" },\n  }, // after\n  // last word\n}\n',
    0,
  ),
  json(
    "comments and no map of servers",
    '{\n  // nothing yet\n  "theme": "dark" // dark, at night\n  // the end\n}\n',
    1,
  ),
  json("all on one line", '{"mcpServers":{"a":{"command":"a"}},"theme":"dark"}', 0),
  json("all on one line with spaces", '{ "theme": "dark", "mcpServers": { "a": { "command": "a" } } }\n', 0),
  json("one line without servers", '{"numStartups":12,"projects":{"/srv":{"mcpServers":{}}}}', 1),
  json(
    "braces and commas in strings and comments",
    '{\n  "a": "},{", // }, {\n  "mcpServers": {\n    "x{": "/* , */"\n  }\n}\n',
    0,
  ),
  json(
    "servers of the same name elsewhere",
    '{\n  "headwater": { "mcpServers": { "headwater": 1 } },\n  "mcpServers": {\n    "head": {}\n  }\n}\n',
    0,
  ),
  toml(
    "a configuration with comments",
    '# my settings\nmodel = "o5" # the good one\n\n[mcp_servers.files]\ncommand = "mcp-files"\nargs = [\n  "/srv", # all of it\n]\n',
  ),
  toml("CRLF", 'model = "o5"\r\n\r\n[profiles.fast]\r\nmodel = "o5-mini"\r\n'),
  toml(
    "headers within long strings",
    "notes = \"\"\"\n[mcp_servers.headwater]\ncommand = \"no\"\n\"\"\"\nlast = ''''quoted''''\n",
  ),
  toml("servers by dotted keys", 'mcp_servers.files.command = "mcp-files"\nmcp_servers."head water".command = "x"\n'),
  toml(
    "dates, big numbers and tables in lists",
    "since = 2026-01-31T10:00:00Z\nbig = 9223372036854775807\n[[rules]]\nname = 'a'\n[[rules]]\nname = 'b'\n",
  ),
  yaml(
    "a configuration with comments",
    "# mine\nGOOSE_PROVIDER: anthropic   # spaces kept\nextensions:\n  # built in\n  developer:\n    enabled: true\n    type: builtin # yes\n  memory: { enabled: false, type: builtin }\n\n# the end\nGOOSE_MODEL: x\n",
    0,
  ),
  yaml("no extensions", "GOOSE_PROVIDER: anthropic\n", 1),
  yaml("four spaces and CRLF", "extensions:\r\n    developer:\r\n        enabled: true\r\nGOOSE_MODE: auto\r\n", 0),
  yaml(
    "quoted and folded strings",
    "note: >\n  a long\n  story\nextensions:\n  'developer':\n    about: |\n      line\n        more\n",
    0,
  ),
];

describe("an entry in a client's file", () => {
  it.each(SAMPLES)("is put in and taken out again, and leaves $what as it was", ({ format, path, text, made }) => {
    const put = withEntry(format, text, FILE, path, ENTRY);
    expect(valueAt(readTree(format, put, FILE), path)).toEqual(ENTRY);
    expect(withoutEntry(format, put, FILE, path, made)).toBe(text);
  });

  it.each(SAMPLES)("changes no line of others in $what", ({ format, path, text }) => {
    const put = withEntry(format, text, FILE, path, ENTRY).split(/\r?\n/).map(bare);
    if (text.trim().includes("\n")) for (const line of text.split(/\r?\n/).map(bare)) expect(put).toContain(line);
    if (text.includes("\r\n"))
      expect(withEntry(format, text, FILE, path, ENTRY).replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });

  it.each(SAMPLES)("is replaced in place by a newer one in $what", ({ format, path, text }) => {
    const put = withEntry(format, text, FILE, path, ENTRY);
    const newer = { command: "/usr/bin/node", args: ["cli.js"], env: { A: "b" } };
    const again = withEntry(format, put, FILE, path, newer);
    expect(valueAt(readTree(format, again, FILE), path)).toEqual(newer);
    expect(withEntry(format, again, FILE, path, ENTRY)).toBe(put);
  });

  it.each(["json", "toml", "yaml"] as const)("is written into an empty %s file", (format) => {
    for (const text of ["", "\n", "\ufeff"]) {
      const put = withEntry(format, text, FILE, ["a", "b"], ENTRY);
      expect(valueAt(readTree(format, put, FILE), ["a", "b"])).toEqual(ENTRY);
    }
  });

  it.each([
    ["json", '{ "mcpServers": { '],
    ["json", '{ "mcpServers": {} } trailing'],
    ["json", "[]"],
    ["json", '{ "mcpServers": [] }'],
    ["json", '{ "mcpServers": null }'],
    ["json", '{ "mcpServers": {}, "mcpServers": {}, }x'],
    ["toml", "mcpServers = {"],
    ["toml", 'mcpServers = { a = { command = "a" } }\n'],
    ["toml", 'mcpServers = "none"\n'],
    ["yaml", "mcpServers: [\n"],
    ["yaml", "- a\n- b\n"],
    ["yaml", "a: 1\n---\nb: 2\n"],
    ["yaml", "a: 1\na: 2\n"],
  ] as const)("is refused by a %s file that says %s", (format, text) => {
    expect(() => withEntry(format, text, FILE, SERVERS, ENTRY)).toThrow(/left (as it is|as it is:|as it was)/);
  });

  it("goes into the last of two maps of the same name, because that one counts", () => {
    const text = '{\n  "mcpServers": { "old": {} },\n  "mcpServers": { "new": {} }\n}\n';
    const put = withEntry("json", text, FILE, SERVERS, ENTRY);
    expect(readTree("json", put, FILE)).toEqual({ mcpServers: { new: {}, headwater: ENTRY } });
    expect(withoutEntry("json", put, FILE, SERVERS)).toBe(text);
  });

  it("goes into a YAML map in braces", () => {
    for (const text of [
      "extensions: {}\n",
      "extensions: { developer: { enabled: true } } # mine\n",
      "extensions:\nx: 1\n",
    ]) {
      const put = withEntry(
        "yaml",
        text.replace("extensions:\n", "extensions: {}\n"),
        FILE,
        ["extensions", "headwater"],
        ENTRY,
      );
      expect(valueAt(readTree("yaml", put, FILE), ["extensions", "headwater", "command"])).toBe("npx");
    }
  });

  it("comes and goes without a trace in any JSON", () => {
    const word = fc.string({ unit: "grapheme", maxLength: 8 }).filter((key) => key !== "__proto__");
    const tree = fc.dictionary(word, fc.jsonValue({ maxDepth: 3 }));
    const space = fc.constantFrom(undefined, 1, 2, 4, "\t");
    fc.assert(
      fc.property(
        tree,
        fc.dictionary(word, fc.jsonValue({ maxDepth: 1 })),
        space,
        fc.boolean(),
        (others, servers, gap, crlf) => {
          fc.pre(!("headwater" in servers));
          const whole = { ...others, mcpServers: servers };
          const bare = JSON.stringify(whole, null, gap);
          const text = crlf ? bare.replaceAll("\n", "\r\n") : bare;
          const put = withEntry("json", text, FILE, SERVERS, ENTRY);
          expect(withoutEntry("json", put, FILE, SERVERS)).toBe(text);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** A line without what a new neighbour brings: a comma, an opened map. */
function bare(line: string): string {
  return line.replace(/,(\s*(\/\/.*)?)$/, "$1").replace(/\{\}$/, "{");
}
