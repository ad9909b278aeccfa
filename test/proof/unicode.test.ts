import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { TestWorkplace } from "../contract/workplace.ts";
import { Ledger, ledgerConnector } from "../twins/ledger.ts";
import { runCli } from "./cli.ts";
import { tellFigure } from "./figure.ts";
import { BROKEN, ODD, SCRIPTS } from "./scripts.ts";

/** Reliability R17. */
const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const LONGEST_NAME = 255;

interface Outcome extends Record<string, number> {
  texts: number;
  different: number;
  notFound: number;
  crashes: number;
}
const NOTHING_WRONG = { different: 0, notFound: 0, crashes: 0 };

/** The word by which a text has to be found. */
const wordOf = (text: string) => /weir\w+/.exec(text.normalize("NFKC"))?.[0] ?? text;
const sentence = (text: string) => `In the morning we read ${text} beside the water.\nThen we went home.`;

it(`items in ${Object.keys(SCRIPTS).length} scripts, and with what no script allows, come back as they were given and are found`, async () => {
  const ledger = new Ledger();
  const given = Object.entries({ ...SCRIPTS, ...ODD, ...BROKEN });
  for (const [name, text] of given) ledger.put(`${name} ${text}`, sentence(text), `place ${text}`, `About ${text}`);
  const place = await TestWorkplace.open({
    id: "ledger",
    connector: ledgerConnector({ feed: "listing" }),
    config: { ledger: ledger.name },
  });
  const outcome: Outcome = { texts: given.length, different: 0, notFound: 0, crashes: 0 };
  try {
    const report = await place.sync("ledger");
    outcome.crashes = report.failures.length;
    await place.reopen();
    expect((await place.sync("ledger")).unchanged).toBe(given.length);
    const stored = await place.stored("ledger");
    for (const [name, text] of given) {
      const one = stored.get(`${name} ${text}`);
      const same = one?.title === `About ${text}` && one.text === sentence(text) && one.container === `place ${text}`;
      if (!same) outcome.different += 1;
      const { hits } = await place.store.search({ query: wordOf(text), limit: 5, viewer: "everything" });
      if (!hits.some(({ id }) => id === `${name} ${text}`)) outcome.notFound += 1;
    }
  } finally {
    await place.close();
  }
  tellFigure("R17", "titles, ids and texts of a service, in scripts and in broken Unicode", outcome, NOTHING_WRONG);
  expect(outcome).toMatchObject(NOTHING_WRONG);
});

/** Names of files: each text, the same word composed and taken apart side by side, and the longest that a disk takes. */
function namesOf(): Map<string, string> {
  const names = new Map<string, string>();
  for (const text of Object.values({ ...SCRIPTS, ...ODD })) names.set(`${text}.md`, text);
  names.set("Café composed.md".normalize("NFC"), "weircomposed");
  names.set("Café composed.md".normalize("NFD"), "weirapart");
  for (const [letter, word] of [
    ["名", "weirlonghan"],
    ["ü", "weirlonglatin"],
    ["🦦", "weirlongotter"],
  ] as const) {
    const letters = Math.floor((LONGEST_NAME - 3) / Buffer.byteLength(letter));
    const name = letter.repeat(letters);
    names.set(`${name}${"x".repeat(LONGEST_NAME - 3 - Buffer.byteLength(name))}.md`, word);
  }
  return names;
}

it.runIf(process.platform === "linux")(
  "files of such names are kept under them and answered by them",
  async () => {
    const base = mkdtempSync(join(tmpdir(), "headwater-unicode-"));
    const notes = join(base, "notes");
    const flags = ["--config", join(base, "headwater.yaml"), "--data", join(base, "data")];
    const names = namesOf();
    mkdirSync(notes);
    writeFileSync(
      join(base, "headwater.yaml"),
      `version: 1\nsources:\n  notes: { connector: files, paths: ["${notes}"] }\n`,
    );
    for (const [name, text] of names) writeFileSync(join(notes, name), sentence(text));
    const noText = Buffer.concat([
      Buffer.from(join(notes, "weir ")),
      Buffer.from([0xff, 0xfe, 0xc3]),
      Buffer.from(".md"),
    ]);
    writeFileSync(noText, "A name that is no text.");
    const outcome: Outcome = { texts: names.size, different: 0, notFound: 0, crashes: 0 };
    try {
      for (let round = 0; round < 2; round++) {
        const end = await runCli(["sync", ...flags]);
        if (end.code !== 0 && end.code !== 5) outcome.crashes += 1;
      }
      const store = await openStore({ folder: join(base, "data"), tenant: "default" });
      for (const [name, text] of names) {
        if ((await store.item("notes", name, "everything")) === undefined) outcome.different += 1;
        else if ((await store.text("notes", name, "everything")) !== sentence(text)) outcome.different += 1;
      }
      await store.close();
      await asked(flags, names, outcome);
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
    tellFigure("R17", "files with such names, up to 255 bytes", outcome, NOTHING_WRONG);
    expect(outcome).toMatchObject(NOTHING_WRONG);
  },
  120_000,
);

/** Searches for each word and fetches what it finds, as an assistant does: by the id that the answer gave. */
async function asked(flags: string[], names: Map<string, string>, outcome: Outcome): Promise<void> {
  const client = new Client({ name: "reader", version: "1" });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [CLI, "serve", "--no-schedule", ...flags],
      stderr: "ignore",
    }),
  );
  for (const [name, text] of names) {
    const found = await client.callTool({ name: "search", arguments: { query: wordOf(text) } });
    const { results } = found.structuredContent as { results: { id: string }[] };
    const hit = results.find(({ id }) => id === `notes/${name}`);
    if (hit === undefined) {
      outcome.notFound += 1;
      console.log(
        `not found: ${JSON.stringify(name)} by ${wordOf(text)}: ${JSON.stringify(results.map(({ id }) => id))}`,
      );
      continue;
    }
    const fetched = await client.callTool({ name: "fetch", arguments: { id: hit.id } });
    if (fetched.isError === true) outcome.crashes += 1;
  }
  await client.close();
}
