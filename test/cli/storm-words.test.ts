import { afterAll, beforeAll, expect, it } from "vitest";
import type { SyncReport } from "../../src/model/index.ts";
import { GithubTwin } from "../twins/github/github-twin.ts";
import { outcomeOf, Sandbox } from "./sandbox.ts";

/** What a person reads while and after a service behaves badly. */
const sandbox = new Sandbox();
let twin: GithubTwin;

beforeAll(async () => {
  twin = await GithubTwin.open({ checked: false });
  await twin.seed();
  twin.repository("millrace/weir", { hasWiki: false });
  const mill = { connector: "github", ...twin.config(), allowPrivateNetwork: true };
  sandbox.put("headwater.yaml", JSON.stringify({ version: 1, sources: { mill } }));
});
afterAll(() => twin.close());

const WEB_PAGE = /millrace\/handbook: \S+ answered mill with a web page where data was asked for\./;

it("a repository that could not be read is named by sync, status, failures and history, with what comes next", {
  timeout: 120_000,
}, async () => {
  twin.faults.next({ kind: "latency", ms: 22_000 }, /repos\/millrace\/handbook$/);
  twin.faults.add(({ path }) => (/handbook\/issues\?/.test(path) ? { kind: "html" } : undefined));
  const running = outcomeOf(sandbox.start(["sync"]));
  await expect
    .poll(async () => (await sandbox.run(["status"])).stdout, { timeout: 20_000 })
    .toMatch(/^mill .* syncing, [\d,]+ looked at/);
  const { code, stdout, stderr } = await running;
  expect(code).toBe(5);
  expect(stdout).toMatch(/^mill {2}partly {2}\d+ added/);
  expect(stdout).toMatch(new RegExp(`${WEB_PAGE.source} Nothing of it was stored; the next sync asks again`));
  expect(stderr).toMatch(/mill {2}\d+ looked at.*\n(.*\n)*mill {2}.*; waiting for the service, \d+ s so far/);
  expect((await sandbox.run(["status"])).stdout).toMatch(new RegExp(` {2}${WEB_PAGE.source}`));
  expect((await sandbox.run(["history"])).stdout).toMatch(WEB_PAGE);
  const failures = (await sandbox.run(["failures"])).stdout;
  expect(failures).toMatch(/^mill millrace\/handbook {2}answered oddly, in the last sync; the next one asks again\n/);
  expect(failures).toContain("what could not be listed stands above");
  const { unread } = await sandbox.json<{ unread: object[] }>(["failures"]);
  expect(unread).toMatchObject([{ source: "mill", containerName: "millrace/handbook", kind: "bad_response" }]);
});

it("a service that asks for an hour is left alone, and everything says until when", { timeout: 60_000 }, async () => {
  twin.faults.clear();
  twin.faults.add(({ path }) =>
    /handbook\/issues\?/.test(path) ? { kind: "status", status: 429, retryAfter: "3600" } : undefined,
  );
  const UNTIL = /GitHub asked to wait until [\d: -]*\d\d:\d\d; syncing goes on then\./;
  expect((await sandbox.run(["sync"])).stdout).toMatch(UNTIL);
  expect((await sandbox.run(["status"])).stdout).toMatch(UNTIL);
  expect((await sandbox.run(["failures"])).stdout).toMatch(/^No item failed, but the last sync of mill did not see/);
  const again = await sandbox.run(["sync", "--json"]);
  const [report] = (JSON.parse(again.stdout) as { reports: SyncReport[] }).reports;
  expect([again.code, report?.state]).toEqual([6, "skipped"]);
  expect(Date.parse(report?.pausedUntil ?? "")).toBeGreaterThan(Date.now() + 3_000_000);
  expect(report?.notes.join(" ")).toMatch(/headwater sync mill --now/);
  twin.faults.clear();
  expect((await sandbox.run(["sync", "--now"])).stdout).toMatch(/^mill {2}ok {2}\d+ added/);
  expect((await sandbox.run(["failures"])).stdout).toBe("Everything could be read.\n");
});
