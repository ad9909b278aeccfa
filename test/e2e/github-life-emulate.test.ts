import { afterAll, beforeAll, expect, it } from "vitest";
import type { SyncReport } from "../../src/model/index.ts";
import type { SourceTest } from "../../src/sync/types.ts";
import { Sandbox } from "../cli/sandbox.ts";
import { EmulatedGithub } from "../twins/emulated-github.ts";

/** As much as a GitHub that we did not write can show, through the built command line. */
const sandbox = new Sandbox();
let service: EmulatedGithub | undefined;

beforeAll(async () => {
  service = await EmulatedGithub.open();
}, 180_000);
afterAll(() => service?.close());

async function sync(): Promise<SyncReport> {
  const { stdout } = await sandbox.run(["sync", "--json"]);
  return (JSON.parse(stdout) as { reports: [SyncReport] }).reports[0];
}

async function texts(): Promise<string[]> {
  const { stdout } = await sandbox.run(["export", "--format", "ndjson"]);
  const items = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; text?: string });
  return items.map(({ id, text }) => `${id.replace(/^\d+/, "")} ${text?.trim()}`).sort();
}

it("a GitHub that we did not write is tested, read whole, unchanged the second time, and followed in what is edited", {
  timeout: 120_000,
}, async (context) => {
  if (service === undefined) return context.skip("emulate could not be had");
  for (let at = 1; at <= 4; at++) await service.openIssue(`Gauge ${at} 🦦`, `Gauge ${at} shows too much.`);
  await service.writeFile("docs/gates.md", "# Gates\n");
  const mill = { connector: "github", ...service.config(), includeCode: true, allowPrivateNetwork: true };
  sandbox.put("headwater.yaml", JSON.stringify({ version: 1, sources: { mill } }));
  const { stdout } = await sandbox.run(["test", "--json"]);
  const [tested] = (JSON.parse(stdout) as { tests: SourceTest[] }).tests;
  expect(tested?.account).toContain("marta");
  expect(tested?.granted.join("\n")).toContain("marta/handbook");

  // It knows no comments of a whole repository, which is told once and keeps nothing else out.
  const first = await sync();
  expect(first).toMatchObject({ state: "partial", added: 7, failed: 2 });
  expect(first.failures.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^Comments of marta\/handbook could not be read\./),
    expect.stringMatching(/^Review comments of marta\/handbook could not be read\./),
  ]);
  const issues = [1, 2, 3, 4].map((at) => `#${at} Gauge ${at} shows too much.`);
  const files = [":README.md # handbook\n\nHow the mill is kept running.", ":docs/gates.md # Gates"];
  expect(await texts()).toEqual([" How the mill is kept running.", ...issues, ...files]);

  const quiet = { added: 0, updated: 0, deleted: 0, lost: 0 };
  expect(await sync()).toMatchObject({ ...quiet, failed: 2 }); // what is closed was tried again
  expect((await sandbox.json<{ failures: object[] }>(["failures"])).failures).toMatchObject([
    { id: expect.stringMatching(/\/comments$/), attempts: 2 },
    { id: expect.stringMatching(/\/reviewComments$/), attempts: 2 },
  ]);

  await service.editIssue(2, { body: "Gauge 2 shows too little." });
  await service.writeFile("docs/gates.md", "# Gates of the mill\n");
  expect(await sync()).toMatchObject({ ...quiet, updated: 2 });
  const found = await texts();
  expect(found).toContain("#2 Gauge 2 shows too little.");
  expect(found).toContain(":docs/gates.md # Gates of the mill");
});
