import type { ServedApp } from "../../src/server.ts";
import type { Desk } from "../../src/tools/desk.ts";
import { type FakeDesk, fakeDesk } from "../tools/fake-desk.ts";

/** An app over a small workspace in memory, filled with believable notes. */
export function fakeApp(desk: FakeDesk = filledDesk()): ServedApp & { closed: boolean } {
  const sources = desk.sources.all().map((entry) => ({ entry, options: {}, mistakes: [], warnings: [] }));
  const http = { listen: "127.0.0.1:0", hosts: [], origins: [], tokens: [] };
  const app = {
    config: { sources, server: { http, toolProfile: "standard" as const } },
    version: "0.0.0-test",
    closed: false,
    desk: async (): Promise<Desk> => desk,
    async close() {
      for (const run of desk.runs.values()) run.cancel();
      app.closed = true;
    },
  };
  return app;
}

export function filledDesk(): FakeDesk {
  const desk = fakeDesk(["notes", "mail"]);
  desk.put("notes", {
    id: "garden/plan.md",
    title: "Garden plan 🌱",
    text: "# Garden plan\n\nSow the beetroot in April, under fleece.\n",
    container: "garden",
    relations: [{ rel: "links", id: "garden/tools.md" }],
  });
  desk.put("notes", { id: "garden/tools.md", title: "Tools", text: "A spade and a fork.", container: "garden" });
  desk.put("mail", { id: "m1", title: "בדיקה: seeds ordered", text: "The beetroot seeds are on their way." });
  desk.syncMs = 400;
  desk.slow.add("mail");
  desk.onSynced = () => {
    const edited = "# Garden plan\n\nSow the beetroot in May.\n";
    desk.put("notes", { id: "garden/plan.md", title: "Garden plan 🌱", text: edited, container: "garden" });
    desk.put("notes", { id: `garden/new-${desk.changes.length}.md`, title: "New", text: "Fresh." });
  };
  return desk;
}
