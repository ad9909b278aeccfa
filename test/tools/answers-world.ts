import type { Run } from "../../src/sync/types.ts";
import { type FakeDesk, fakeDesk } from "./fake-desk.ts";

const MINUTES = 60_000;
const before = (minutes: number) => new Date(Date.now() - minutes * MINUTES).toISOString();

/** A workspace in which every kind of answer can be met: long texts, a table, a thread, sources in every state. */
export async function answersWorld(): Promise<FakeDesk> {
  const desk = fakeDesk(["notes", "work", "mail", "shelf"]);
  putNotes(desk);
  putThread(desk);
  desk.put("mail", {
    id: "m1",
    kind: "mail",
    title: "Seeds ordered",
    text: "The beetroot seeds are on their way. שלום from the nursery 🌱",
    url: "https://mail.example.org/m1",
    authors: ["user:orders@nursery.example"],
    updatedAt: "2026-02-27T16:20:11.512Z",
  });
  putStates(desk);
  foldHits(desk);
  return desk;
}

function putNotes(desk: FakeDesk): void {
  desk.put("notes", { id: "garden/tools.md", title: "Tools", text: "A spade and a fork.", container: "garden" });
  desk.put("notes", {
    id: "garden/plan.md",
    title: "Garden plan 🌱",
    text: `# Garden plan\n\nSow the beetroot in April, under fleece. ${"Water it when the top finger of soil is dry. ".repeat(12)}\n\n## Tools\n\nSharpen the spade.\n`,
    container: "garden",
    authors: ["user:ada@example.org"],
    tags: ["garden", "spring"],
    createdAt: "2026-01-02T00:00:00.000Z",
    fields: { created: "2026-01-02", state: "open", beds: ["north", "south"] },
    relations: [
      { rel: "links", id: "garden/tools.md" },
      { rel: "links", url: "https://example.org/beetroot" },
    ],
  });
  const rows = Array.from(
    { length: 120 },
    (_, at) => `| Gauge ${at} | 2026-01-${String(1 + (at % 28)).padStart(2, "0")} | ${80 + (at % 60)} |`,
  );
  desk.put("notes", {
    id: "levels.csv",
    kind: "file",
    title: "levels.csv",
    text: ["| gauge | taken_on | level_cm |", "| --- | --- | --- |", ...rows].join("\n"),
    fields: { rows: 120, columns: 3 },
  });
  const sections = Array.from(
    { length: 60 },
    (_, at) => `# Chapter ${at + 1}\n\n## Weed\n\nThe rack is cleared first.\n\n## Gates\n\nThen the gate is opened.\n`,
  );
  desk.put("notes", { id: "handbook.md", title: "Handbook", text: sections.join("\n") });
  desk.put("notes", { id: "photo.jpg", kind: "attachment", title: "photo.jpg", text: "" });
  desk.put("notes", { id: "odd.md", title: "Pay\u202Egpj.exe\u0007", text: "Plain \u200Btext\u2066 👩‍👩‍👧 می‌خواهم" });
}

function putThread(desk: FakeDesk): void {
  const at = (minute: number) => new Date(Date.UTC(2026, 1, 3, 8, minute)).toISOString();
  desk.put("work", {
    id: "gates#7",
    kind: "issue",
    title: "Gate 7 sticks",
    text: "It opens half way.\n\n## Seen\n\nAt low water.",
    url: "https://github.example/mill/gates/issues/7",
    container: "mill/gates",
    authors: ["user:marta-quill"],
    createdAt: at(0),
    updatedAt: at(50),
    fields: { state: "open", comments: 8 },
  });
  for (let number = 1; number <= 8; number++)
    desk.put("work", {
      id: `gates#7-comment-${number}`,
      kind: "comment",
      title: `Comment by ${number % 3 === 0 ? "水車" : "jonas-weir"} on gates#7`,
      text: `Tried oil, ${number} drops. ${"No change. ".repeat(6)}`.trim(),
      url: `https://github.example/mill/gates/issues/7#comment-${number}`,
      container: "mill/gates",
      parent: "gates#7",
      authors: [number % 3 === 0 ? "user:水車" : "user:jonas-weir"],
      createdAt: at(number),
      updatedAt: at(number),
    });
}

/** notes is well, work failed and waits, mail is being synced, shelf is new. */
function putStates(desk: FakeDesk): void {
  const counts = { added: 0, updated: 0, unchanged: 0, deleted: 0, lost: 0, failed: 0 };
  const usual = { mode: "incremental", dryRun: false, done: 0, held: [], notes: [], failures: [], ...counts } as const;
  const ran = (source: string, more: Partial<ReturnType<Run["report"]>>) => {
    const report = {
      runId: `run_of_${source}`,
      source,
      state: "succeeded",
      startedAt: before(5),
      ...usual,
      ...more,
    } as ReturnType<Run["report"]>;
    desk.ran({ id: report.runId, source, report: () => report, done: Promise.resolve(report), cancel: () => {} });
  };
  ran("notes", {
    endedAt: before(4),
    unchanged: 5,
    updated: 1,
    startedBy: "schedule",
    state: "partial",
    failed: 1,
    failures: [
      {
        id: "locked.pdf",
        kind: "unsupported",
        message: "locked.pdf is protected by a password.",
        hint: "Save a copy without it.",
      },
    ],
  });
  ran("work", {
    endedAt: before(4),
    state: "failed",
    failures: [
      {
        kind: "auth",
        message: "GitHub refused the token of work.",
        hint: "Create a new one, then run: headwater test work",
      },
    ],
  });
  ran("mail", { state: "running", done: 312, total: 2000, added: 12, startedBy: "tool" });
  desk.stored.set("notes", { failures: 1, lastSyncedAt: before(4) });
  desk.stored.set("work", { lastSyncedAt: before(60 * 26) });
  desk.stored.set("mail", { lastSyncedAt: before(60 * 24 * 3) });
  desk.stored.set("shelf", { lastSyncedAt: undefined });
  const ok = {
    source: "notes",
    ok: true,
    granted: ["the folder Notes, 84 files"],
    missing: [],
    limits: [],
    warnings: [],
    tookMs: 3,
  };
  desk.engine.test = async (source) => {
    if (source === "notes") return ok;
    if (source === "work")
      return {
        ...ok,
        source,
        ok: false,
        granted: [],
        problem: {
          kind: "auth",
          message: "GitHub refused the token of work.",
          hint: "Create a new one, then run: headwater test work",
        },
        tookMs: 120,
      };
    return {
      source,
      ok: true,
      account: "ada@example.org",
      granted: ["INBOX: 1,204 messages", "Archive: 17,002 messages"],
      missing: [
        {
          what: "Shared folders",
          why: "The server hides them from this login.",
          how: "Ask its owner for the right to look up folders.",
        },
      ],
      limits: ["15 connections at once"],
      warnings: ["The password expires in 6 days."],
      tookMs: 88,
    };
  };
}

/** The store folds copies and conversations into the hit that stands for them. */
function foldHits(desk: FakeDesk): void {
  const search = desk.store.search.bind(desk.store);
  desk.store.search = async (request) => {
    const answer = await search(request);
    const [first] = answer.hits;
    if (first?.kind === "comment")
      return { ...answer, hits: [{ ...first, thread: { id: "gates#7", more: answer.hits.length - 1 } }] };
    if (first !== undefined)
      first.copies = [{ source: "mail", id: "m0", title: "Fwd: Garden plan", url: "https://mail.example.org/m0" }];
    return answer;
  };
}
