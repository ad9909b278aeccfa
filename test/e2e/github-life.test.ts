import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SyncReport } from "../../src/model/index.ts";
import { loadDriver } from "../../src/store/sqlite/driver.ts";
import type { SourceTest } from "../../src/sync/types.ts";
import { Sandbox } from "../cli/sandbox.ts";
import { moment } from "../connectors/github/world.ts";
import { GithubTwin } from "../twins/github/github-twin.ts";
import type { Repository } from "../twins/github/repository.ts";

/** Everything that a person does with GitHub, seen through the built command line as one process after the other. */
const sandbox = new Sandbox();
const ALL = { metadata: "read", contents: "read", issues: "read", pull_requests: "read", discussions: "read" };
const DAY_MS = 25 * 3_600_000;
const SLOW = 60_000;
let twin: GithubTwin;
let docs: Repository;
let archive: Repository;
let old: Repository;
/** When the deed of this test was done. */
let since = "";

interface Change {
  verb: string;
  id: string;
  fromId?: string;
}

beforeAll(async () => {
  twin = await GithubTwin.open({ pageCap: 10, contents: { code: true } });
  docs = twin.repository("acme/docs", {
    description: "The handbook of the mill.",
    visibility: "private",
    hasWiki: false,
  });
  docs.invite("marta-quill");
  for (let at = 1; at <= 24; at++)
    docs.issues.open({ title: `Gauge ${at} drifts 🦦`, body: `Gauge ${at} shows too much.`, at: moment(at) });
  for (let at = 0; at < 18; at++)
    docs.comments.add((at % 6) + 1, { body: `שלום, seen again ${at} times.`, at: moment(100 + at) });
  const { number } = docs.pulls.open({ title: "Mend gauge 3", body: "Closes #3.", at: moment(200) });
  const review = docs.reviews.submit(number, { body: "Looks right.", state: "APPROVED", at: moment(210) });
  docs.reviews.comment(number, { body: "Metric?", path: "gauges/3.md", line: 4, review: review.id, at: moment(211) });
  const talk = docs.discussions.open({ title: "Name the gate?", body: "It has none.", at: moment(220) });
  docs.discussions.comment(talk.number, { body: "Old Meg.", at: moment(221) });
  const gauges = Array.from({ length: 12 }, (_, at) => [`gauges/${at}.md`, `# Gauge ${at}\n\nBelow the weir.\n`]);
  docs.push({
    message: "Begin",
    files: { "README.md": "# Handbook\n", ...Object.fromEntries(gauges) },
    at: moment(300),
  });
  archive = twin.repository("acme/archive", { hasWiki: false });
  old = twin.repository("acme/old", { hasWiki: false });
  for (const one of [archive, old]) one.push({ message: "Begin", files: { "README.md": "# Kept\n" }, at: moment(4) });
  old.issues.open({ title: "The first wheel", body: "It was of oak.", at: moment(5) });
});
afterAll(() => twin.close());

/** The configuration of somebody whose token has these permissions. */
function configure(permissions: Record<string, string>): void {
  const accessToken = twin.tokens.issue("marta-quill", { kind: "fine-grained", permissions }).value;
  const mill = { connector: "github", ...twin.config(), accessToken, allowPrivateNetwork: true };
  sandbox.put("headwater.yaml", JSON.stringify({ version: 1, sources: { mill } }));
}

/** One sync, and the lines that the change log has of it. */
async function sync(): Promise<{ report: SyncReport; changes: string[] }> {
  twin.recount();
  const { code, stdout } = await sandbox.run(["sync", "mill", "--json"]);
  const [report] = (JSON.parse(stdout) as { reports: [SyncReport] }).reports;
  expect(code, JSON.stringify(report)).toBe(report.state === "partial" ? 5 : 0);
  const log = await sandbox.json<{ changes: Change[] }>(["changes", "--since", since, "--limit", "1000"]);
  return { report, changes: log.changes.map((one) => `${one.verb} ${nameOf(one.id)}`).sort() };
}

/** As people would call it: "docs#3". */
function nameOf(id: string): string {
  for (const [repository, name] of [
    [docs, "docs"],
    [archive, "archive"],
    [old, "old"],
  ] as const)
    if (id.startsWith(String(repository.id))) return name + id.slice(String(repository.id).length);
  return id;
}

async function stored(): Promise<Map<string, string>> {
  const { stdout } = await sandbox.run(["export", "--format", "ndjson"]);
  const items = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; text?: string; lostAt?: string });
  return new Map(items.filter((item) => item.lostAt === undefined).map((item) => [item.id, item.text ?? ""]));
}

/** Deletions that GitHub tells nobody are found by the full pass of each day. */
function aDayPasses(): void {
  const store = loadDriver().open(join(sandbox.home, ".data/headwater/default.db"));
  store.prepare("UPDATE places SET last_full_pass_at = last_full_pass_at - ?").run(DAY_MS);
  store.close();
}

/** Something happens; what the next sync finds of it is asked after. */
function happens(deed: () => void): void {
  since = new Date().toISOString();
  deed();
}

const QUIET = { added: 0, updated: 0, deleted: 0, lost: 0, failed: 0, failures: [], state: "succeeded" };

describe("GitHub through the command line", () => {
  it("test names the account, what may be read, and what is missing with the way to get it", {
    timeout: SLOW,
  }, async () => {
    const { discussions: _, ...others } = ALL;
    configure(others);
    const { tests } = await sandbox.json<{ tests: SourceTest[] }>(["test", "mill"]);
    expect(tests).toMatchObject([{ ok: true, account: "marta-quill" }]);
    const [granted, missing] = [tests[0]?.granted.join("\n"), tests[0]?.missing ?? []];
    for (const words of [
      "acme/docs (private): issues, pull requests, files",
      "acme/archive (public)",
      "acme/old (public)",
    ])
      expect(granted).toContain(words);
    expect(missing).toMatchObject([{ what: "Discussions of acme/docs" }]);
    const told = (await sandbox.run(["test", "mill"])).stdout;
    expect(told).toMatch(/^mill {2}ok {2}marta-quill/);
    expect(told).toMatch(/missing: Discussions of acme\/docs\n.*"Discussions: read".*\n.*personal-access-tokens/);
    configure(ALL);
    expect((await sandbox.json<{ tests: SourceTest[] }>(["test", "mill"])).tests[0]?.missing).toEqual([]);
  });

  it("the first sync brings everything that is there, and nothing else", { timeout: SLOW }, async () => {
    configure(ALL);
    happens(() => {});
    const { report } = await sync();
    const expected = await twin.expected();
    expect(report).toMatchObject({ ...QUIET, added: expected.size });
    const found = await stored();
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [id, text] of expected) expect(found.get(id), nameOf(id)).toContain(text);
  });

  it("the second says unchanged, by conditional requests alone", { timeout: SLOW }, async () => {
    happens(() => {});
    const { report, changes } = await sync();
    expect(report).toMatchObject(QUIET);
    expect(changes).toEqual([]);
    const asked = twin.requests.map(({ method, route, status }) => `${method} ${route} ${status}`);
    // GraphQL knows no conditions: one question of one point for the discussions of each repository.
    expect(asked.filter((line) => !line.endsWith(" 304"))).toEqual(Array(3).fill("POST /graphql 200"));
    expect(twin.requests.every(({ method, conditional }) => method === "POST" || conditional)).toBe(true);
    expect((await sandbox.run(["sync", "mill"])).stdout).toMatch(/^mill {2}ok {2}unchanged/);
  });

  it("an edit and a comment on an old issue are in the next sync", { timeout: SLOW }, async () => {
    happens(() => docs.issues.edit(3, { body: "Gauge 3 shows too little." }));
    const { id } = docs.comments.add(2, { body: "Still drifting 🛶" });
    const { report, changes } = await sync();
    expect(report).toMatchObject({ ...QUIET, added: 1, updated: 2, mode: "incremental" });
    expect(changes).toEqual([`added docs#issuecomment-${id}`, "updated docs#2", "updated docs#3"]);
    const shown = await sandbox.run(["fetch", `mill/${docs.id}#2`]);
    expect(shown.stdout).toContain("Still drifting 🛶");
  });

  it("a deleted comment, a deleted issue and a transferred one are in the sync of the next day", {
    timeout: SLOW,
  }, async () => {
    const [comment] = docs.comments.of(1);
    const remarks = (number: number) => docs.comments.of(number).map(({ id }) => `deleted docs#issuecomment-${id}`);
    const gone = ["deleted docs#4", "deleted docs#5", ...remarks(4), ...remarks(5)];
    happens(() => {
      docs.comments.delete(comment?.id as number);
      docs.issues.delete(5);
      docs.issues.transfer(4, archive);
    });
    aDayPasses();
    const { report, changes } = await sync();
    expect(report).toMatchObject({ state: "succeeded", mode: "full", deleted: gone.length + 1, lost: 0, held: [] });
    const arrived = ["added archive#1", ...archive.comments.all().map(({ id }) => `added archive#issuecomment-${id}`)];
    const expected = [...gone, ...arrived, `deleted docs#issuecomment-${comment?.id}`];
    expect(changes.filter((line) => !line.startsWith("updated"))).toEqual(expected.sort());
    expect([...(await stored()).keys()].sort()).toEqual([...(await twin.expected()).keys()].sort());
  });

  it("a repository with another name is the same one, and is read under it", { timeout: SLOW }, async () => {
    happens(() => docs.rename("handbook"));
    const { report, changes } = await sync();
    expect(report).toMatchObject({ state: "succeeded", added: 0, deleted: 0, lost: 0, failed: 0 });
    expect(changes).toContain("updated docs");
    for (const ref of ["acme/handbook#7", "acme/docs#7", `${twin.origin}/acme/handbook/issues/7`])
      expect((await sandbox.run(["fetch", ref])).stdout, ref).toContain("Gauge 7 shows too much.");
  });

  it("a renamed file goes under the old name and comes under the new one", { timeout: SLOW }, async () => {
    const text = "# Gauge 3\n\nBelow the weir.\n";
    happens(() => docs.push({ message: "Rename", files: { "gauges/3.md": null, "gauges/three.md": text } }));
    const { report, changes } = await sync();
    expect(report).toMatchObject({ ...QUIET, added: 1, deleted: 1 });
    expect(changes).toEqual(["added docs:gauges/three.md", "deleted docs:gauges/3.md"]);
  });

  it("after a force-push the files are those of the branch, whatever was there before", { timeout: SLOW }, async () => {
    docs.push({ message: "On a wrong way", files: { "gauges/4.md": "# Wrong\n", "wrong.md": "# Wrong\n" } });
    happens(() => {});
    expect((await sync()).changes).toEqual(["added docs:wrong.md", "updated docs:gauges/4.md"]);
    happens(() => {
      const head = docs.git.refs.get("heads/main") as string;
      docs.reset("main", docs.git.commits.get(head)?.parents[0] as string);
      docs.push({ message: "On the right one", files: { "gauges/5.md": "# Gauge 5, mended\n" } });
    });
    const { report, changes } = await sync();
    expect(report).toMatchObject({ ...QUIET, updated: 2, deleted: 1 });
    expect(changes).toEqual(["deleted docs:wrong.md", "updated docs:gauges/4.md", "updated docs:gauges/5.md"]);
    const found = await stored();
    for (const [id, words] of await twin.expected()) expect(found.get(id), nameOf(id)).toContain(words);
  });

  it("an archived repository that is named stays, and says that it is archived", { timeout: SLOW }, async () => {
    happens(() => archive.set({ archived: true }));
    const { report, changes } = await sync();
    expect(report).toMatchObject({ ...QUIET, updated: 1 });
    expect(changes).toEqual(["updated archive"]);
  });

  it("a vanished repository is hidden, not deleted, and the report says which", { timeout: SLOW }, async () => {
    happens(() => old.delete());
    const { report, changes } = await sync();
    expect(report).toMatchObject({
      ...QUIET,
      lost: 3,
      notes: [expect.stringMatching(/^acme\/old .*3 items.* 7 days/)],
    });
    expect(changes).toEqual(["lost old", "lost old#1", "lost old:README.md"]);
    expect((await sandbox.run(["search", "first wheel of oak"])).stdout).not.toContain("The first wheel");
    expect([...(await stored()).keys()].sort()).toEqual([...(await twin.expected()).keys()].sort());
    expect(twin.refusals).toEqual([]);
  });
});
