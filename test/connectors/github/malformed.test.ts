import { afterEach, describe, expect, it } from "vitest";
import type { SyncReport } from "../../../src/model/index.ts";
import type { Fault } from "../../twins/faults.ts";
import { GithubWorld, moment } from "./world.ts";

let world: GithubWorld;
afterEach(() => world.close());

/** Answers that are none, and what a person reads about each. */
const MALFORMED: Record<string, { fault: Fault; says: RegExp }> = {
  "a web page": { fault: { kind: "html" }, says: /with a web page where data was asked for/ },
  "an empty answer": { fault: { kind: "empty" }, says: /with nothing where data was asked for/ },
  null: { fault: { kind: "null" }, says: /in an unexpected form/ },
  "an error with status 200": { fault: { kind: "error-object" }, says: /in an unexpected form/ },
  "a cut body": { fault: { kind: "cut" }, says: /broke off in the middle of its answer/ },
  "a body without its end": { fault: { kind: "truncated" }, says: /something cut off or garbled/ },
  "another charset": { fault: { kind: "charset" }, says: /something cut off or garbled/ },
  "another shape": { fault: { kind: "wrong-shape" }, says: /something in it that has no number/ },
  "the page before once more": { fault: { kind: "duplicate" }, says: /runs in a circle|in an unexpected form/ },
  "a next page that is this one": { fault: { kind: "cycle" }, says: /runs in a circle/ },
  "a next page elsewhere": {
    fault: { kind: "elsewhere", to: "https://example.org/next" },
    says: /leads to another address/,
  },
  "a cut connection": { fault: { kind: "reset" }, says: /could not be reached/ },
};

function open(): Promise<GithubWorld> {
  return GithubWorld.open(
    (docs) => {
      for (let at = 1; at <= 25; at++)
        docs.issues.open({ title: `Gauge ${at}`, body: `Drifts ${at}.`, at: moment(at) });
      for (let at = 0; at < 25; at++) docs.comments.add(1 + at, { body: `Still ${at}.`, at: moment(50 + at) });
    },
    { twin: { pageCap: 10 } },
  );
}

function textsOf({ docs }: GithubWorld): Map<string, string> {
  const texts = new Map([["docs", "The handbook of the mill."]]);
  for (const issue of docs.threads.values()) texts.set(`docs#${issue.number}`, issue.body ?? "");
  for (const comment of docs.comments.all()) texts.set(`docs#issuecomment-${comment.id}`, comment.body);
  return texts;
}

/** One failure, of the repository by its name, in one sentence with what comes next. */
function expectClear(report: SyncReport, says: RegExp): void {
  const { docs } = world;
  expect(report).toMatchObject({ state: "partial", failed: 0, deleted: 0, lost: 0 });
  expect(report.failures).toMatchObject([{ container: String(docs.id), containerName: "acme/docs" }]);
  const [{ message, hint } = { message: "", hint: "" }] = report.failures;
  expect(message).toMatch(says);
  expect(message).toMatch(/^[A-Z1][^\n]{20,140}\.$/);
  expect(hint).toMatch(/next sync asks again|newer headwater/);
}

describe("an answer that is none", () => {
  for (const [name, { fault, says }] of Object.entries(MALFORMED)) {
    it(`(${name}) in the middle of a first sync leaves whole items only, and the next sync brings the others`, async () => {
      world = await open();
      world.twin.faults.add(({ path }) => (/issues(\/comments)?\?.*since=/.test(path) ? fault : undefined));
      const report = await world.sync();
      expectClear(report, says);
      const there = textsOf(world);
      const found = await world.texts();
      expect(found.size).toBe(report.added);
      for (const [id, text] of found) expect(text, id).toBe(there.get(id));
      expect(await world.place.store.failures({ sources: ["work"], limit: 10 })).toEqual([]);
      world.twin.faults.clear();
      expect(await world.sync()).toMatchObject({ state: "succeeded", added: 51 - report.added, deleted: 0, failed: 0 });
      expect(new Map([...(await world.texts())].sort())).toEqual(new Map([...there].sort()));
    });

    it(`(${name}) in a full pass loses and deletes nothing, and says what it was`, async () => {
      world = await open();
      await world.sync();
      const before = await world.texts();
      world.later(30);
      world.docs.issues.edit(2, { body: "Edited meanwhile." });
      world.twin.faults.add(({ path }) => (/\/(issues|comments|graphql)\b/.test(path) ? fault : undefined));
      world.twin.recount();
      expectClear(await world.syncTomorrow(), says);
      expect(world.twin.requests.length).toBeLessThanOrEqual(5 * 5 * 5); // tries of the engine, of the layer, questions
      const found = await world.texts();
      expect([...found.keys()].sort()).toEqual([...before.keys()].sort());
      for (const [id, text] of found) expect([before.get(id), textsOf(world).get(id)], id).toContain(text);
      world.twin.faults.clear();
      await world.sync();
      expect(new Map([...(await world.texts())].sort())).toEqual(new Map([...textsOf(world)].sort()));
    });
  }
});
