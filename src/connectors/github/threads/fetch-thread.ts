import { ConnectorError, type Fetched } from "../../kit/index.ts";
import { type GithubContext, hasGraphql, inRepository } from "../api.ts";
import { fetchDiscussion } from "../discussions/discussions.ts";
import { issueItem, pullItem } from "../items.ts";
import { describeAgain } from "../repositories/repositories.ts";
import { Issue, PullRequest, type Repository } from "../schema.ts";

/** An issue, pull request or discussion by its number: they are counted together. */
export async function fetchThread(ctx: GithubContext, repository: Repository, number: number): Promise<Fetched> {
  const issue = await findIssue(ctx, repository, number);
  if (issue === undefined) {
    if (hasGraphql(ctx) && repository.has_discussions !== false) return fetchDiscussion(ctx, repository, number);
    throw gone(repository, number);
  }
  if (!issue.pull_request) return { item: issueItem(repository, issue) };
  const pull = await ctx.http.json(inRepository(repository, `/pulls/${number}`), PullRequest);
  return { item: pullItem(repository, pull.body) };
}

/** Undefined when there may be a discussion of that number. */
async function findIssue(ctx: GithubContext, repository: Repository, number: number): Promise<Issue | undefined> {
  try {
    const answer = await ctx.http.json(inRepository(repository, `/issues/${number}`), Issue);
    await refuseMoved(ctx, repository, answer.body);
    return answer.body;
  } catch (thrown) {
    const error = ConnectorError.from(thrown);
    if (error.kind !== "not_found") throw error;
    if (error.status === 404) return undefined;
    throw new ConnectorError("not_found", error.message, {
      hint: error.hint ?? `Look at what is there: headwater list ${ctx.source}`,
      cause: error,
      ...(error.status !== undefined && { status: error.status }),
    });
  }
}

/** A transferred issue is answered by its new repository, after a redirect. A renamed repository is still the same. */
async function refuseMoved(ctx: GithubContext, repository: Repository, issue: Issue): Promise<void> {
  const name = /\/repos\/([^/]+\/[^/]+)$/.exec(issue.repository_url ?? "")?.[1];
  if (name === undefined || name.toLowerCase() === repository.full_name.toLowerCase()) return;
  const now = await describeAgain(ctx, repository);
  if (now.full_name.toLowerCase() === name.toLowerCase()) return;
  throw new ConnectorError("not_found", `This issue was moved to ${name}, where it is #${issue.number}.`, {
    hint: `headwater fetch ${JSON.stringify(issue.html_url)}`,
  });
}

function gone(repository: Repository, number: number): ConnectorError {
  return new ConnectorError("not_found", `${repository.full_name} has no issue or pull request #${number}.`);
}
