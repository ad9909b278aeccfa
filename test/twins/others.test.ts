import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EmulatedGithub } from "./emulated-github.ts";
import { GithubTwin } from "./github/github-twin.ts";
import { clientOf } from "./github-client.ts";
import { Steady } from "./steady.ts";

describe("the judge of requests", () => {
  let steady: Steady | undefined;
  beforeAll(async () => {
    steady = await Steady.open("github.json");
  }, 180_000);
  afterAll(() => steady?.close());

  it("finds what the twin finds", async (context) => {
    if (steady === undefined) return context.skip("the judge could not be had");
    const twin = await GithubTwin.open();
    await twin.seed();
    const { ask, walk } = clientOf(twin);
    const at = "/repos/millrace/handbook";
    await walk(`${at}/issues?state=all&per_page=10`);
    for (const path of [`${at}/contents/gates/gate-0.md`, `${at}/git/ref/heads/main`, `${at}/issues/1/parent`])
      await ask(path);
    expect(await steady.judge(twin.requests)).toEqual({
      judged: 3,
      mistakes: [],
      undescribed: ["/repos/{owner}/{repo}/issues/{issue_number}/parent"],
    });
    twin.recount();
    await ask(`${at}/issues?order=asc`);
    await ask(`${at}/issues?state=broken`);
    const { mistakes } = await steady.judge(twin.requests);
    expect(mistakes).toEqual([
      expect.stringContaining('"order" is not defined'),
      expect.stringContaining('"broken" is not in'),
    ]);
    await twin.close();
  });
});

describe("the GitHub that others wrote", () => {
  let emulated: EmulatedGithub | undefined;
  beforeAll(async () => {
    emulated = await EmulatedGithub.open();
  }, 180_000);
  afterAll(() => emulated?.close());

  it("agrees with the twin on issues, comments and files", async (context) => {
    if (emulated === undefined) return context.skip("emulate could not be had");
    const number = await emulated.openIssue("Sluice gate 🦦", "It sticks.");
    await emulated.comment(number, "Oiled.");
    await emulated.editIssue(number, { body: "It stuck.", state: "closed" });
    await emulated.writeFile("docs/gates.md", "# Gates\n");
    await emulated.writeFile("docs/gates.md", "# Gates of the mill\n");
    const twin = await GithubTwin.open();
    const repository = twin.repository("marta/handbook");
    repository.push({ files: { "docs/gates.md": "# Gates of the mill\n" } });
    const issue = repository.issues.open({ title: "Sluice gate 🦦", body: "It stuck.", user: "marta" });
    repository.comments.add(issue.number, { body: "Oiled.", user: "marta" });
    repository.issues.close(issue.number);
    const both = async (path: string, fields: string[]) => {
      const [theirs, ours] = await Promise.all(
        [emulated?.url, twin.origin].map((origin) => clientOf(twin).ask(`${origin}/repos/marta/handbook${path}`)),
      );
      const pick = (json: Record<string, unknown>) => Object.fromEntries(fields.map((field) => [field, json[field]]));
      const [a, b] = [theirs?.json, ours?.json].map((json) => (Array.isArray(json) ? json.map(pick) : pick(json)));
      expect(b, path).toEqual(a);
    };
    await both("/issues?state=all", ["number", "title", "body", "state", "state_reason", "comments", "locked"]);
    await both(`/issues/${number}/comments`, ["body"]);
    await both("/contents/docs/gates.md", ["name", "path", "size", "type", "encoding", "sha"]);
    await twin.close();
  });
});
