import { type Call, notFound, type Route } from "../exchange.ts";
import { choice, sinceOf, sortedBy, sortKey } from "../filters.ts";
import type { ReviewComment } from "../model.ts";
import { paged } from "../paging.ts";
import type { PullRequest } from "../pulls.ts";
import { rendered } from "../rendered.ts";
import { fullPull, listedPull, reviewCommentShape, reviewShape } from "../shapes/pull.ts";
import { formOf, generationOf } from "./issues.ts";

const NEEDS = ["pull_requests"];
const AT = "/repos/{owner}/{repo}/pulls";

function list(call: Call) {
  const state = choice(call, "state", ["open", "closed", "all"], "open");
  const sort = choice(call, "sort", ["created", "updated", "popularity", "long-running"], "created");
  const direction = choice(call, "direction", ["asc", "desc"], sort === "created" ? "desc" : "asc");
  const [head, base] = [call.query.get("head"), call.query.get("base")];
  const found = call.repository.pulls
    .all()
    .filter((issue) => state === "all" || issue.state === state)
    .filter(
      (issue) => (head === null || issue.pull.head.label === head) && (base === null || issue.pull.base.ref === base),
    );
  const dated = sortKey(sort === "updated" ? "updatedAt" : "createdAt");
  const key = (issue: PullRequest) =>
    `${sort === "popularity" ? String(issue.comments).padStart(9, "0") : ""}${dated(issue)}`;
  return paged(call, sortedBy(found, key, direction === "desc"), (issue) =>
    rendered(issue, `pull ${formOf(call)}`, `${generationOf(call)} ${call.repository.updatedAt}`, () =>
      listedPull(call.links, call.repository, issue, call.version),
    ),
  );
}

function wanted(call: Call): PullRequest {
  const issue = call.repository.threads.get(Number(call.params.pull_number));
  if (issue === undefined || issue.pull === null) throw notFound();
  return issue as PullRequest;
}

function comments(call: Call) {
  const since = sinceOf(call);
  const pull = call.params.pull_number === undefined ? undefined : wanted(call).number;
  const found = call.repository.reviews.comments(pull).filter((one) => since === undefined || one.updatedAt >= since);
  const asked = call.query.get("sort");
  const sort = asked === null ? undefined : choice(call, "sort", ["created", "updated", "created_at"], "created");
  const byId = (comment: ReviewComment) => String(comment.id).padStart(12, "0");
  const key = sort === undefined ? byId : sortKey(sort === "updated" ? "updatedAt" : "createdAt");
  const descending = sort !== undefined && choice(call, "direction", ["asc", "desc"], "asc") === "desc";
  return paged(call, sortedBy(found, key, descending), renderComment(call));
}

function renderComment(call: Call): (comment: ReviewComment) => string {
  return (comment) =>
    rendered(comment, formOf(call), generationOf(call), () => reviewCommentShape(call.links, call.repository, comment));
}

export const pullRoutes: readonly Route[] = [
  {
    method: "GET",
    template: AT,
    query: ["state", "head", "base", "sort", "direction"],
    paged: true,
    needs: NEEDS,
    answer: list,
  },
  {
    method: "GET",
    template: `${AT}/comments`,
    query: ["sort", "direction", "since"],
    paged: true,
    needs: NEEDS,
    answer: comments,
  },
  {
    method: "GET",
    template: `${AT}/comments/{comment_id}`,
    needs: NEEDS,
    answer(call) {
      const comment = call.repository.reviews.findComment(Number(call.params.comment_id));
      if (comment === undefined) throw notFound();
      return { status: 200, body: renderComment(call)(comment) };
    },
  },
  {
    method: "GET",
    template: `${AT}/{pull_number}`,
    needs: NEEDS,
    answer: (call) => ({ status: 200, body: fullPull(call.links, call.repository, wanted(call), call.version) }),
  },
  {
    method: "GET",
    template: `${AT}/{pull_number}/comments`,
    query: ["sort", "direction", "since"],
    paged: true,
    needs: NEEDS,
    answer: comments,
  },
  {
    method: "GET",
    template: `${AT}/{pull_number}/reviews`,
    paged: true,
    needs: NEEDS,
    answer: (call) =>
      paged(call, call.repository.reviews.of(wanted(call).number), (review) =>
        JSON.stringify(reviewShape(call.links, call.repository, review)),
      ),
  },
  {
    method: "GET",
    template: `${AT}/{pull_number}/reviews/{review_id}`,
    needs: NEEDS,
    answer(call) {
      const review = call.repository.reviews.find(Number(call.params.review_id));
      if (review === undefined || review.pull !== wanted(call).number) throw notFound();
      return { status: 200, body: reviewShape(call.links, call.repository, review) };
    },
  },
  {
    method: "GET",
    template: `${AT}/{pull_number}/reviews/{review_id}/comments`,
    paged: true,
    needs: NEEDS,
    answer(call) {
      const review = Number(call.params.review_id);
      const found = call.repository.reviews.comments(wanted(call).number).filter((one) => one.review === review);
      return paged(call, found, renderComment(call));
    },
  },
];
