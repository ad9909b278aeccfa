import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Twin, testConnector } from "../connector.ts";
import { jsonlines } from "./jsonlines.ts";

interface Line {
  id: string;
  title: string;
  text: string;
}

/** The service, with real state: a folder of journals that people write to behind the connector's back. */
async function openJournals(): Promise<Twin> {
  const folder = await mkdtemp(join(tmpdir(), "headwater-journals-"));
  await writeFile(join(folder, "harbour.jsonl"), "");

  const read = async (journal: string): Promise<Line[]> => {
    const text = await readFile(join(folder, journal), "utf8");
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };
  const write = (journal: string, lines: Line[]) =>
    writeFile(join(folder, journal), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const change = async (id: string, changed: (line: Line) => Line[]) => {
    const journal = id.slice(0, id.indexOf("/"));
    const lines = await read(journal);
    await write(
      journal,
      lines.flatMap((line) => (`${journal}/${line.id}` === id ? changed(line) : [line])),
    );
  };

  return {
    config: () => ({ folder }),
    async seed() {
      const days = Array.from({ length: 27 }, (_, day) => ({
        id: `2026-05-${String(day + 1).padStart(2, "0")}`,
        title: `Night watch ${day + 1}`,
        text: `The lamp burned ${day + 3} hours and ${day} boats passed the mole.`,
      }));
      const odd = { id: 'odd "name" 🦆 \u202Eabc', title: "Ägidius, 日記", text: "Ein Reiher stand auf der Mole." };
      await write("lighthouse.jsonl", days);
      await write("harbour.jsonl", [...days.slice(0, 4), odd]);
    },
    async expected() {
      const all = new Map<string, string>();
      for (const journal of await readdir(folder)) {
        for (const line of await read(journal)) all.set(`${journal}/${line.id}`, line.text);
      }
      return all;
    },
    async add(text) {
      await write("harbour.jsonl", [...(await read("harbour.jsonl")), { id: "new", title: "New", text }]);
      return "harbour.jsonl/new";
    },
    async edit(id, text) {
      await change(id, (line) => [{ ...line, text }]);
      return id;
    },
    remove: (id) => change(id, () => []),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

testConnector(jsonlines, openJournals);
