import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { CONNECTORS } from "../../src/connectors/index.ts";
import type { Entry, SyncReport } from "../../src/model/index.ts";
import type { SourceTest } from "../../src/sync/types.ts";
import { Canary } from "../twins/canary.ts";
import { canarySources } from "./canary-sources.ts";
import { Home, SOON } from "./home.ts";
import { Journey, SOURCE } from "./journey.ts";
import { WORLDS } from "./worlds/index.ts";
import { tellMisspelt, tellWrongValues } from "./wrong-options.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

interface Changes {
  changes: { verb: string; id: string }[];
}
interface Found {
  results: { id: string }[];
}
interface Standing {
  syncs: { started_by: string }[];
}
interface Hits {
  hits: { ref: string }[];
}

const CONNECTORS_IN_ORDER = await Promise.all(Object.values(CONNECTORS).map((load) => load()));
const CANARIES = 40;
/** All that a host may be told which is not the service. */
const HARMLESS = /^(accept(-encoding|-language)?|connection|content-type|host|range|user-agent)$/;
const NOTHING = { added: 0, updated: 0, deleted: 0, lost: 0, failed: 0, state: "succeeded" };

it("every connector has a world here, and every world is a connector's", () => {
  expect(Object.keys(WORLDS).sort()).toEqual(Object.keys(CONNECTORS).sort());
});

/** What commands answer whatever the connector: asked once. */
let known: Promise<{ connectors: { id: string }[]; schema: object }> | undefined;

function theSameForAll(home: Home): NonNullable<typeof known> {
  known ??= (async () => {
    const { connectors } = await home.json<{ connectors: { id: string }[] }>("connectors");
    return { connectors, schema: JSON.parse((await home.run("config", "schema")).stdout) as object };
  })();
  return known;
}

/** Those that could begin; their services stay until the last test. */
const journeys: Journey[] = [];
afterAll(async () => {
  for (const one of journeys) await one.end();
});

describe.each(CONNECTORS_IN_ORDER)("$id, from the first command to the last push", (connector) => {
  const { id } = connector;
  let one: Journey;
  /** An item with words that no other item has, first "kittiwake". */
  let item = "";
  const refOf = (native: string) => `${SOURCE}/${native}`;

  beforeAll(async () => {
    const begun = await Journey.begin(id);
    if (begun === undefined) return;
    one = begun;
    journeys.push(one);
    item = await one.world.twin.add("A kittiwake was seen at the weir. 🦦 נראה ליד הסכר");
  });
  beforeEach(({ skip }) => skip(item === "", "the server that it needs is not installed on this machine"));

  /** Deletions that a service tells nobody are found by a full pass. */
  const fully = () => (connector.feed === "edits" ? ["--full"] : []);

  async function sync(...flags: string[]): Promise<SyncReport> {
    const { reports } = await one.json<{ reports: [SyncReport] }>("sync", SOURCE, ...flags);
    return reports[0];
  }

  it("is added without a question, and signs in", async () => {
    const added = await one.json<{ source: string; test: SourceTest }>("add", ...one.typed);
    expect(added).toMatchObject({ source: SOURCE, test: { ok: true } });
    const { tests } = await one.json<{ tests: SourceTest[] }>("test", SOURCE);
    expect(tests).toMatchObject([{ ok: true, account: expect.stringMatching(/./) }]);
  });

  it("lists what it holds, down to the item", async () => {
    type Listed = { items: { id: string; holds: string }[]; next_cursor?: string };
    const [ids, open, within]: [string[], (string | undefined)[], Map<string, string | undefined>] = [
      [],
      [undefined],
      new Map(),
    ];
    while (open.length > 0 && !ids.includes(item)) {
      const parent = open.pop();
      for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
        const inside = {
          source: SOURCE,
          ...(parent !== undefined && { parent }),
          ...(cursor !== undefined && { cursor }),
        };
        const { items, next_cursor } = await one.ask<Listed>("list_items", { ...inside, limit: 100 });
        expect(items.length, parent).toBeGreaterThan(0);
        for (const { id } of items) within.set(id, parent);
        ids.push(...items.map((entry) => entry.id));
        open.push(...items.filter((entry) => entry.holds !== "nothing").map((entry) => entry.id));
        cursor = next_cursor;
      }
    }
    expect(ids).toContain(item);
    const parent = within.get(item);
    const inside = parent === undefined ? [] : [parent];
    const { entries } = await one.json<{ entries: Entry[] }>("list", SOURCE, ...inside, "--limit", "1000");
    expect(entries.map((entry) => entry.id)).toContain(item);
  });

  it("syncs everything and nothing else, finds it and reads it", async () => {
    const report = await sync();
    expect(report).toMatchObject({ ...NOTHING, added: (await one.world.twin.expected()).size });
    await one.expectEqual();
    const { hits } = await one.json<Hits>("search", "kittiwake");
    expect(hits.map((hit) => hit.ref)).toEqual([refOf(item)]);
    const { text } = await one.json<{ text: string }>("fetch", refOf(item));
    expect(text).toContain("A kittiwake was seen at the weir. 🦦 נראה ליד הסכר");
  });

  it("tells an assistant what was edited, added and removed, once each", async () => {
    const { twin } = one.world;
    expect(await one.ask("list_sources")).toMatchObject({ sources: [{ source: SOURCE, connector: id }] });
    expect(await one.ask("test_source", { source: SOURCE })).toMatchObject({ source: SOURCE, ok: true });
    const { items } = await one.ask<{ items: object[] }>("list_items", { source: SOURCE });
    expect(items.length).toBeGreaterThan(0);
    const removed = [...(await twin.expected()).keys()].find((each) => each !== item) as string;
    await sync();
    const since = new Date().toISOString();
    item = await twin.edit(item, "It was a guillemot after all.");
    const added = await twin.add("A razorbill came with the tide.");
    await twin.remove(removed);
    const mode = fully().length > 0 ? "full" : "incremental";
    const report = await one.ask("sync_source", { source: SOURCE, mode, wait_seconds: 50 });
    expect(report).toMatchObject({ ...NOTHING, added: 1, updated: expect.any(Number), deleted: 1 });
    await one.expectEqual();
    // What gets another id when it is edited, as a draft of a mail, has moved there.
    const verbOf = ({ verb }: { verb: string }) => (verb === "moved" ? "updated" : verb);
    const told = (await one.ask<Changes>("recent_changes", { since })).changes.map(
      (line) => `${verbOf(line)} ${line.id}`,
    );
    for (const line of [`updated ${refOf(item)}`, `added ${refOf(added)}`, `deleted ${refOf(removed)}`])
      expect(told.filter((other) => other === line)).toEqual([line]);
    const { changes } = await one.json<Changes>("changes", "--since", since);
    expect(changes.map((line) => `${verbOf(line)} ${refOf(line.id)}`).sort()).toEqual(told.sort());
    expect((await one.ask<Found>("search", { query: "guillemot" })).results[0]?.id).toBe(refOf(item));
    expect((await one.ask<Found>("search", { query: "kittiwake" })).results).toEqual([]);
    expect((await one.ask<{ text: string }>("fetch", { id: refOf(added) })).text).toContain("A razorbill came");
  });

  it("hears by itself what happens while it is served, and then has nothing to do", async () => {
    const { twin, push } = one.world;
    const { address } = await one.serve();
    type Runs = { runs: { startedBy: string }[] };
    const starts = async () => (await one.json<Runs>("history", SOURCE)).runs.map((run) => run.startedBy);
    const newest = async () => (await one.askServed<Standing>("sync_status", { source: SOURCE })).syncs[0]?.started_by;
    if (push.by === "live") await vi.waitFor(async () => expect(await newest()).toBe("live"), SOON);
    await push.begin?.(address, SOURCE);
    const before = (await starts()).length;
    const fresh = await twin.add("A puffin sat on the sluice gate.");
    await vi.waitFor(async () => expect(await one.found("puffin")).toEqual([refOf(fresh)]), SOON);
    const { text } = await one.askServed<{ text: string }>("fetch", { id: refOf(fresh) });
    expect(text).toContain("A puffin sat on the sluice gate.");
    const since = (await starts()).slice(0, -before);
    expect(since.filter((start) => start !== push.by)).toEqual([]);
    await one.leave();
    await sync();
    expect(await sync()).toMatchObject(NOTHING);
    await one.expectEqual();
  });

  if (connector.http !== undefined) {
    it("takes no credential along when a request is led to another host", async () => {
      const { downloads } = one.world;
      const elsewhere = await Canary.open();
      const bytes = downloads?.path ?? /^$/;
      for (const [path, command] of [
        [bytes, ["sync", SOURCE, "--data", "elsewhere"]],
        [bytes, ["fetch", refOf(item), "--live"]],
        [/./, ["test", SOURCE]],
      ] as const) {
        downloads?.faults.add((asked) =>
          path.test(asked.path) ? { kind: "redirect", to: elsewhere.url + asked.path } : undefined,
        );
        await one.run(...command);
        downloads?.faults.clear();
      }
      await elsewhere.close();
      expect(elsewhere.heard.filter(({ url }) => bytes.test(url)).length).toBeGreaterThan(0);
      expect(elsewhere.heard.filter(({ url }) => !bytes.test(url)).length).toBeGreaterThan(0);
      const told = new Set(elsewhere.heard.flatMap(({ headers }) => Object.keys(headers)));
      expect([...told].filter((name) => !HARMLESS.test(name))).toEqual([]);
      expect(elsewhere.knows(...one.watch.canaries)).toBe(false);
    });
  }

  it("has shown its credentials to nobody", async () => {
    await one.leave();
    one.watch.seeFiles(one.box.home);
    const all = [...one.watch.seen.values()].join("\n");
    expect(all).toContain("It was a guillemot after all."); // there was something to see
    expect([...one.watch.seen.keys()].some((key) => key.startsWith("process list"))).toBe(true);
    expect(one.watch.canaries.length > 0).toBe(one.secretFields.length > 0);
    expect(one.watch.leaks()).toEqual([]);
  });

  it("is among the connectors, in the documents, and each option in the schema for editors", async () => {
    const { connectors, schema } = await theSameForAll(one);
    expect(connectors.map((each) => each.id)).toContain(id);
    const explained = (await one.run("connectors", id)).stdout;
    const page = readFileSync("docs/connectors.md", "utf8");
    expect(page).toContain(`| [\`${id}\`]`);
    expect(readFileSync(`docs/connectors/${id}.md`, "utf8")).toMatch(/^### Set up$[\s\S]+^### What is synced$/m);
    expect(readFileSync(`src/connectors/${id}/README.md`, "utf8")).toContain("| What is an id? |");
    const options = Object.keys(connector.config.shape);
    expect(options.filter((name) => !explained.includes(`\n  ${name} `) || !page.includes(`\`${name}\``))).toEqual([]);
    const check = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    const fits = (entry: object) => check({ version: 1, sources: { [SOURCE]: { connector: id, ...entry } } });
    expect(fits(one.options), JSON.stringify(check.errors)).toBe(true);
    expect(fits({ ...one.options, nosuch: 1 })).toBe(false);
    for (const name of options) expect(fits({ ...one.options, [name]: [[[]]] }), name).toBe(false);
  });

  it("tells what is wrong with an option in one sentence that names it", async () => {
    const right = { ...one.world.twin.config(), ...one.world.options };
    for (const { option, wrote, sentences } of await tellWrongValues(connector, right)) {
      expect(sentences, `${option}: ${JSON.stringify(wrote)}`).toHaveLength(1);
      expect(sentences[0]).toMatch(new RegExp(`^sources\\.${SOURCE}\\.${option}\\b.* must be .*, got .*\\.`));
      expect(sentences[0]).not.toMatch(/undefined|\[object|Invalid|zod/i);
    }
    for (const { option, wrote, sentences } of await tellMisspelt(connector, right))
      expect(sentences.join("\n")).toContain(`sources.${SOURCE}.${wrote} is not known here. Did you mean "${option}"?`);
    const { code, stdout, stderr } = await one.run("add", id, "--name", "other", "--no-input", "--set", "nosuch=1");
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).toContain("nosuch is not known here.");
    expect(stderr).toContain(`headwater connectors ${id}`);
  });
});

it(`keeps ${CANARIES} credentials of each connector to itself, however they are named and whatever becomes of them`, async () => {
  const home = new Home();
  const { config, data, some, remove } = canarySources(home, journeys, CANARIES);
  const place = ["--config", config, "--data", data];
  try {
    await Promise.all([home.run("config", "validate", ...place), home.run("test", "--debug", ...place)]);
    await home.run("sync", ...some, "--debug", "--json", ...place);
    const looks = ["sources", "status", "history", "failures", "changes", "doctor"];
    await Promise.all(looks.map((command) => home.run(command, "--json", ...place)));
    await home.run("backup", "kept.tar.gz", ...place);
    await Promise.all(some.map((source) => home.askAt(place, "test_source", { source }).catch(() => {})));
    await home.leave();
    remove();
    home.watch.seeFiles(home.box.home);
    const all = [...home.watch.seen.values()].join("\n");
    for (const { connector } of journeys) expect(all).toContain(`"${connector.id}-honest"`);
    expect(all).toContain("It was a guillemot after all."); // there was something to see
    expect([...home.watch.seen.keys()].some((key) => key.startsWith("process list"))).toBe(true);
    const secretive = journeys.filter((one) => one.secretFields.length > 0);
    expect(home.watch.canaries.length).toBeGreaterThanOrEqual(secretive.length * (CANARIES + 1));
    expect(home.watch.leaks()).toEqual([]);
  } finally {
    remove();
    await home.end();
  }
}, 300_000);
