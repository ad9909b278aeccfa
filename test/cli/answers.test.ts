import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { widthOf } from "../../src/cli/table.ts";
import type { SyncReport } from "../../src/model/index.ts";
import { openStore } from "../../src/store/open.ts";
import { expectAsStored } from "../golden/as-stored.ts";
import { HAS_TERMINALS, onTerminal } from "./on-terminal.ts";
import { Sandbox } from "./sandbox.ts";

/** What a person sees on a terminal, kept as files to be read by people. */
const FOLDER = fileURLToPath(new URL("../golden/terminal", import.meta.url));
const DAY_MS = 86_400_000;
const NAMES = ["status", "history", "failures", "sources", "search", "changes", "fetch"];
const box = new Sandbox();

beforeAll(async () => {
  box.put(
    "Notes/Weir.md",
    "# Tanner's Weir\n\nThe second step comes out in June, if the **weir** is low enough and the eels have gone up before the first of the month.\n",
  );
  box.put("Notes/水車小屋の水位計 🦦.md", "# 水車小屋の水位計 🦦\n\nThe weir 堰堤 was looked at.\n");
  box.put("Notes/תעלה.md", "# תעלה\n\nהמים weir עולים בלילה\n");
  box.put(`Notes/${"a-name-that-nobody-would-choose-".repeat(4)}.md`, "# The night\n\nThe weir rose.\n");
  box.put("Notes/plan.pdf", "%PDF-1.7 broken");
  box.put("Other/One.md", "One.");
  const sources = {
    notes: { connector: "files", paths: ["Notes"], every: "1h" },
    "the-archive-of-the-kestrel-brook-trust": { connector: "files", paths: ["Other"], every: "1h" },
    new: { connector: "files", paths: ["Other"] },
    off: { connector: "files", paths: ["Other"], enabled: false },
  };
  box.put("headwater.yaml", JSON.stringify({ version: 1, sources }));
  expect((await box.run(["sync", "notes", "the-archive-of-the-kestrel-brook-trust"])).code).toBe(5);
  await remember();
}, 60_000);

/** Runs of the past, and what the last ones of each source said. */
async function remember(): Promise<void> {
  const store = await openStore({ folder: join(box.home, ".data", "headwater"), tenant: "default" });
  const counts = { added: 0, updated: 0, unchanged: 0, deleted: 0, lost: 0, failed: 0 };
  const runs: Partial<SyncReport>[] = [
    { source: "notes", startedBy: "schedule", unchanged: 1284 },
    { source: "notes", state: "partial", failed: 3, added: 12, startedBy: "tool" },
    {
      source: "the-archive-of-the-kestrel-brook-trust",
      state: "failed",
      failures: [
        {
          kind: "unavailable",
          message: "The drive of the archive could not be reached for a quarter of an hour.",
          hint: "Is it switched on?",
        },
      ],
    },
    { source: "notes", state: "cancelled", mode: "full", startedBy: "person" },
  ];
  for (const [at, run] of runs.entries()) {
    const start = Date.now() - (10 + at) * DAY_MS - 3_600_000;
    const [startedAt, endedAt] = [new Date(start).toISOString(), new Date(start + 2100).toISOString()];
    const usual = { state: "succeeded", mode: "incremental", dryRun: false, source: "notes" } as const;
    await store.saveRun({
      runId: `run_${at}`,
      ...usual,
      startedAt,
      endedAt,
      ...counts,
      done: 0,
      failures: [],
      held: [],
      notes: [],
      ...run,
    });
  }
  await store.close();
}

/** What differs from run to run and from machine to machine. */
function steady(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replaceAll(box.home, "~")
    .replace(/file:\/\/\S*\/Notes/g, "file://~/Notes")
    .replace(/\b20\d\d-\d\d-\d\d\b/g, "2026-01-01")
    .replace(/\b(?:\w{3} )?\d\d:\d\d\b/g, "09:00")
    .replace(/(?:\d+ (?:s|min|h)|just now)(?= ago|)(?: ago)?(?=\s|$|,)/g, (time) =>
      /ago|now/.test(time) ? "just now" : time,
    )
    .replace(/\bin \d+ min\b/g, "in 60 min")
    .replace(/\d+\.\d s\b/g, "2.1 s")
    .replace(/--cursor \S+/g, "--cursor CURSOR")
    .replace(/ {3,}/g, "   ")
    .replace(/[ \t]+$/gm, "");
}

const ARGUMENTS: Record<string, string> = {
  search: "search weir --limit 3 --source notes",
  changes: "changes --source notes",
  fetch: "fetch notes/Weir.md",
};

describe.skipIf(!HAS_TERMINALS)("on a terminal without colours", () => {
  it.each(NAMES)(
    "%s is as stored, with 80 columns and with 120",
    async (name) => {
      const told: string[] = [];
      for (const columns of [80, 120]) {
        const said = await onTerminal(box, ARGUMENTS[name] ?? name, [], { NO_COLOR: "1" }, columns);
        told.push(`$ headwater ${ARGUMENTS[name] ?? name}   # ${columns} columns`, steady(said));
        // Addresses and commands are there to be copied, the text of an item is the item's own.
        for (const line of said.split(/\r?\n/))
          if (name !== "fetch" && !/:\/\/|headwater (fetch|search)/.test(line) && /\S +\S/.test(line))
            expect(widthOf(line), line).toBeLessThanOrEqual(columns);
      }
      const file = `${FOLDER}/${name}.txt`;
      const actual = `${told.join("\n")}`;
      expectAsStored(file, actual);
    },
    60_000,
  );

  it("every stored answer belongs to a command", () => {
    expect(readdirSync(FOLDER).sort()).toEqual(NAMES.map((name) => `${name}.txt`).sort());
  });

  it("whole lines go to a script, however long", async () => {
    const { stdout } = await box.run(["status"]);
    expect(stdout.trimEnd().split("\n")).toHaveLength(5);
  });
});
