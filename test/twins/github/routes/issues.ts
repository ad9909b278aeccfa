import { type Call, notFound, Refusal, type Route } from "../exchange.ts";
import { choice, keptSorted, sinceOf, sortKey } from "../filters.ts";
import type { Issue } from "../model.ts";
import { paged } from "../paging.ts";
import { rendered } from "../rendered.ts";
import { commentShape, issueShape, labelShape, milestoneShape } from "../shapes/issue.ts";
import { canSee } from "../tokens.ts";

const NEEDS = ["issues", "pull_requests"];

export function renderIssue(call: Call): (issue: Issue) => string {
  return (issue) =>
    rendered(issue, formOf(call), generationOf(call), () =>
      issueShape(call.links, call.repository, issue, call.version),
    );
}

/** In which spelling an answer is kept. */
export function formOf(call: Call): string {
  return `${call.links.api} ${call.version}`;
}

/** What an answer embeds; it is written anew when one of these changes. */
export function generationOf(call: Call): string {
  return `${call.world.generation} ${call.repository.generation}`;
}

function fitting(call: Call): (issue: Issue) => boolean {
  const state = choice(call, "state", ["open", "closed", "all"], "open");
  const since = sinceOf(call);
  const labels = (call.query.get("labels") ?? "").split(",").filter((name) => name !== "");
  const [milestone, creator, assignee, mentioned] = ["milestone", "creator", "assignee", "mentioned"].map((name) =>
    call.query.get(name),
  );
  return (issue) =>
    (state === "all" || issue.state === state) &&
    (since === undefined || issue.updatedAt >= since) &&
    labels.every((name) => [...issue.labels].some((label) => label.name.toLowerCase() === name.toLowerCase())) &&
    matches(milestone, issue.milestone === null ? [] : [String(issue.milestone.number)]) &&
    matches(
      assignee,
      [...issue.assignees].map((account) => account.login),
    ) &&
    (!creator || issue.user.login.toLowerCase() === creator.toLowerCase()) &&
    (!mentioned || (issue.body ?? "").includes(`@${mentioned}`));
}

/** `*` for any, `none` for nothing, else one of the values. */
function matches(asked: string | null | undefined, values: string[]): boolean {
  if (!asked) return true;
  if (asked === "*") return values.length > 0;
  if (asked === "none") return values.length === 0;
  return values.some((value) => value.toLowerCase() === asked.toLowerCase());
}

function list(call: Call) {
  if (!call.repository.settings.hasIssues) throw new Refusal(410, "Issues has been disabled in this repository.");
  const sort = choice(call, "sort", ["created", "updated", "comments"], "created");
  const descending = choice(call, "direction", ["asc", "desc"], "desc") === "desc";
  const dated = sortKey(sort === "updated" ? "updatedAt" : "createdAt");
  const key = (issue: Issue) => `${sort === "comments" ? String(issue.comments).padStart(9, "0") : ""}${dated(issue)}`;
  const { issues, threads } = call.repository;
  const sorted = keptSorted(issues, `${sort} ${descending}`, () => [...threads.values()], key, descending);
  return paged(call, sorted.filter(fitting(call)), renderIssue(call), { keyset: { key, descending } });
}

/** The issue of that number; where it is gone, what the service says about that. */
function wanted(call: Call): Issue {
  const number = Number(call.params.issue_number);
  const issue = call.repository.threads.get(number);
  if (issue !== undefined) return issue;
  const gone = call.repository.gone.get(number);
  if (gone === undefined) throw notFound();
  if (gone === "deleted") throw new Refusal(410, "This issue was deleted");
  const there = call.world.repositories.get(gone.repository);
  if (there === undefined || !canSee(call.principal, there)) throw notFound();
  const location = `${call.links.api}/repositories/${there.id}/issues/${gone.number}`;
  throw new Refusal(301, "Moved Permanently", { location }, { url: location });
}

function comments(call: Call) {
  const since = sinceOf(call);
  const sort = call.query.get("sort") === null ? undefined : choice(call, "sort", ["created", "updated"], "created");
  const byId = (comment: { id: number }) => String(comment.id).padStart(12, "0");
  const key = sort === undefined ? byId : sortKey(sort === "updated" ? "updatedAt" : "createdAt");
  // Without `sort` the direction is ignored, says the vendor's reference.
  const descending = sort !== undefined && choice(call, "direction", ["asc", "desc"], "asc") === "desc";
  const { comments: all } = call.repository;
  const sorted = keptSorted(all, `${sort} ${descending}`, () => all.all(), key, descending);
  const issue = call.params.issue_number === undefined ? undefined : wanted(call).number;
  const fits = (one: { updatedAt: string; issue: number }) =>
    (since === undefined || one.updatedAt >= since) && (issue === undefined || one.issue === issue);
  const found = since === undefined && issue === undefined ? sorted : sorted.filter(fits);
  return paged(call, found, (comment) =>
    rendered(comment, formOf(call), generationOf(call), () => commentShape(call.links, call.repository, comment)),
  );
}

export const issueRoutes: readonly Route[] = [
  {
    method: "GET",
    template: "/repos/{owner}/{repo}/issues",
    query: ["milestone", "state", "assignee", "creator", "mentioned", "labels", "sort", "direction", "since"],
    paged: true,
    needs: NEEDS,
    answer: list,
  },
  {
    method: "GET",
    template: "/repos/{owner}/{repo}/issues/comments",
    query: ["sort", "direction", "since"],
    paged: true,
    needs: NEEDS,
    answer: comments,
  },
  {
    method: "GET",
    template: "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    needs: NEEDS,
    answer(call) {
      const comment = call.repository.comments.find(Number(call.params.comment_id));
      if (comment === undefined) throw notFound();
      return { status: 200, body: commentShape(call.links, call.repository, comment) };
    },
  },
  {
    method: "GET",
    template: "/repos/{owner}/{repo}/issues/{issue_number}",
    needs: NEEDS,
    answer: (call) => ({ status: 200, body: renderIssue(call)(wanted(call)) }),
  },
  {
    method: "GET",
    template: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    query: ["since"],
    paged: true,
    needs: NEEDS,
    answer: comments,
  },
  {
    method: "GET",
    template: "/repos/{owner}/{repo}/issues/{issue_number}/sub_issues",
    paged: true,
    needs: NEEDS,
    answer(call) {
      const children = [...wanted(call).children].flatMap((number) => call.repository.threads.get(number) ?? []);
      return paged(call, children, renderIssue(call));
    },
  },
  {
    method: "GET",
    template: "/repos/{owner}/{repo}/issues/{issue_number}/parent",
    needs: NEEDS,
    answer(call) {
      const { parent } = wanted(call);
      const issue = parent === null ? undefined : call.repository.threads.get(parent);
      if (issue === undefined) throw notFound();
      return { status: 200, body: renderIssue(call)(issue) };
    },
  },
  {
    method: "GET",
    template: "/repos/{owner}/{repo}/labels",
    paged: true,
    needs: NEEDS,
    answer: (call) =>
      paged(call, [...call.repository.labels.values()], (label) =>
        JSON.stringify(labelShape(call.links, call.repository, label)),
      ),
  },
  {
    method: "GET",
    template: "/repos/{owner}/{repo}/milestones",
    query: ["state", "sort", "direction"],
    paged: true,
    needs: NEEDS,
    answer(call) {
      const state = choice(call, "state", ["open", "closed", "all"], "open");
      const found = [...call.repository.milestones.values()].filter((one) => state === "all" || one.state === state);
      return paged(call, found, (one) => JSON.stringify(milestoneShape(call.links, call.repository, one)));
    },
  },
];
