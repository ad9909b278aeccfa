import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GithubTwin } from "./github/github-twin.ts";

describe("the twin of GitHub", () => {
  let twin: GithubTwin;

  beforeEach(async () => {
    twin = await GithubTwin.open();
    await twin.seed();
  });

  afterEach(async () => {
    expect(twin.violations).toEqual([]);
    await twin.close();
  });

  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(path.startsWith("http") ? path : twin.origin + path, {
      redirect: "manual",
      headers: { "user-agent": "test", authorization: `Bearer ${twin.token.value}`, ...headers },
    });

  it("answers every list and thing of a repository", async () => {
    const at = "/repos/millrace/handbook";
    for (const path of ["/user", "/user/repos", "/user/orgs", "/orgs/millrace", "/orgs/millrace/repos", at]) {
      expect((await ask(path)).status, path).toBe(200);
    }
    const issues = (await (await ask(`${at}/issues?state=all&per_page=100`)).json()) as { number: number }[];
    expect(issues.length).toBe(42);
    for (const path of [
      "issues/comments",
      "issues/10/comments",
      "issues/1",
      "pulls?state=all",
      "pulls/31",
      "pulls/31/reviews",
      "pulls/comments",
      "labels",
      "milestones",
      "issues/8/sub_issues",
    ]) {
      expect((await ask(`${at}/${path}`)).status, path).toBe(200);
    }
    expect(twin.refusals).toEqual([]);
  });

  it("walks a list by the Link header, under the repository's number", async () => {
    const seen: number[] = [];
    let next: string | undefined = "/repos/millrace/handbook/issues?state=all&per_page=10&sort=updated&direction=asc";
    while (next !== undefined) {
      const answer: Response = await ask(next);
      for (const issue of (await answer.json()) as { number: number }[]) seen.push(issue.number);
      next = /<([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
      if (next !== undefined) expect(next).toMatch(/\/repositories\/\d+\/issues\?/);
    }
    expect(new Set(seen).size).toBe(42);
  });

  it("answers 304 to an ETag it gave, and counts nothing for it", async () => {
    const first = await ask("/repos/millrace/handbook/issues?state=all&sort=updated");
    const again = await ask("/repos/millrace/handbook/issues?state=all&sort=updated", {
      "if-none-match": first.headers.get("etag") as string,
    });
    expect(again.status).toBe(304);
    expect(again.headers.get("x-ratelimit-used")).toBe(first.headers.get("x-ratelimit-used"));
    twin.repository("millrace/handbook").issues.edit(1, { title: "Another" });
    expect(
      (
        await ask("/repos/millrace/handbook/issues?state=all&sort=updated", {
          "if-none-match": first.headers.get("etag") as string,
        })
      ).status,
    ).toBe(200);
  });

  it("refuses and remembers what GitHub does not have", async () => {
    expect((await ask("/repos/millrace/handbook/tickets")).status).toBe(404);
    expect((await ask("/repos/millrace/handbook/issues?order=asc")).status).toBe(400);
    expect(twin.refusals).toHaveLength(2);
  });
});
