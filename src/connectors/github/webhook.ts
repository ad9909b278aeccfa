import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Delivery, Push, RawRequest, Webhook } from "../kit/index.ts";
import type { GithubApi, GithubContext } from "./api.ts";
import type { GithubConfig } from "./options.ts";
import { repositoriesOf } from "./repositories/repositories.ts";
import type { GithubCursor } from "./streams.ts";
import { isSelective, takesIssues, takesPulls } from "./threads/selection.ts";

const Numbered = z.object({ number: z.number().int() });
const Identified = z.object({ id: z.number().int() });
/** Only what says where to look. https://docs.github.com/webhooks/webhook-events-and-payloads, 2026-11. */
const Event = z.object({
  action: z.string().optional(),
  repository: z
    .object({ id: z.number().int(), full_name: z.string(), default_branch: z.string().optional() })
    .optional(),
  ref: z.string().optional().catch(undefined),
  issue: Numbered.extend({ pull_request: z.unknown().optional() }).optional().catch(undefined),
  pull_request: Numbered.optional().catch(undefined),
  discussion: Numbered.optional().catch(undefined),
  comment: Identified.optional().catch(undefined),
  review: Identified.optional().catch(undefined),
  release: Identified.optional().catch(undefined),
  answer: Identified.optional().catch(undefined),
  old_answer: Identified.optional().catch(undefined),
  changes: z.object({ new_repository: Identified.optional() }).optional().catch(undefined),
});
type Event = z.output<typeof Event>;

/** News of the repositories themselves: which there are, what they are called, who may read them. */
const LISTING = new Set([
  "repository",
  "installation",
  "installation_repositories",
  "installation_target",
  "public",
  "member",
  "membership",
  "team",
  "team_add",
  "organization",
]);
/** News of one repository that no single item tells. */
const STALE = new Set(["push", "create", "delete", "gollum", "label", "milestone", "sub_issues", "repository_import"]);
/** Between two looks at the list for a repository that is not known. */
const AGAIN_MS = 60_000;

/** News from GitHub. A delivery only says where to look: what is stored is what GitHub answers when asked. */
export const githubWebhook: Webhook<GithubConfig, GithubApi, GithubCursor> = {
  secret: (config) => config.webhookSecret,
  verify: verifySignature,
  receive,
};

/** `X-Hub-Signature-256` over the raw bytes, in constant time. */
function verifySignature(request: Pick<RawRequest, "headers" | "body">, secret: string): boolean {
  const given = /^sha256=([0-9a-f]{64})$/i.exec(request.headers.get("x-hub-signature-256") ?? "")?.[1];
  if (given === undefined || secret === "") return false;
  const wanted = createHmac("sha256", secret).update(request.body).digest();
  return timingSafeEqual(Buffer.from(given, "hex"), wanted);
}

async function receive(ctx: GithubContext, request: RawRequest): Promise<Delivery<GithubCursor>> {
  const once = request.headers.get("x-github-delivery") ?? undefined;
  const name = request.headers.get("x-github-event") ?? "";
  const event = eventIn(request);
  const push = event === undefined ? undefined : await pushOf(ctx, name, event);
  return { ...(push !== undefined && { push }), ...(once !== undefined && { once }) };
}

/** The body as JSON, or as the form that a hook may be set to. */
function eventIn({ headers, body }: RawRequest): Event | undefined {
  const isForm = headers.get("content-type")?.startsWith("application/x-www-form-urlencoded") ?? false;
  const text = body.toString("utf8");
  try {
    const written = isForm ? new URLSearchParams(text).get("payload") : text;
    return Event.safeParse(JSON.parse(written ?? "")).data;
  } catch {
    return undefined;
  }
}

async function pushOf(ctx: GithubContext, name: string, event: Event): Promise<Push<GithubCursor> | undefined> {
  if (LISTING.has(name)) return { stale: "all" };
  const { repository } = event;
  if (repository === undefined || !(await follows(ctx, repository))) return undefined;
  if (name === "push" && isElsewhere(ctx.config, event)) return undefined;
  if (name === "label" || name === "milestone") ctx.api.renamed.add(String(repository.id));
  if (STALE.has(name)) return { stale: [String(repository.id)] };
  const refresh = takes(ctx.config, event) ? itemsOf(name, event).map((key) => `${repository.id}${key}`) : [];
  const [first] = refresh;
  if (first === undefined) return undefined;
  const thread = event.pull_request ?? event.discussion;
  if (refresh.length > 1 && thread !== undefined) ctx.api.rememberThread(first, thread.number);
  const leaves = event.action === "deleted" || event.action === "transferred";
  // Which threads labels and states let in, and so which comments, only a sync can tell; not what is gone.
  if (isSelective(ctx.config)) return leaves ? { refresh: [first] } : { stale: [String(repository.id)] };
  const arrived = event.changes?.new_repository; // a transferred issue comes up there with all that hangs from it
  return { refresh, ...(arrived !== undefined && { stale: [String(arrived.id)] }) };
}

/** A push that no file of the source comes from; what is not said is not known. */
function isElsewhere({ includeReadme, includeCode, branch }: GithubConfig, { ref, repository }: Event): boolean {
  if (!includeReadme && !includeCode) return true;
  const followed = branch ?? repository?.default_branch;
  return ref !== undefined && followed !== undefined && ref !== `refs/heads/${followed}`;
}

function takes(config: GithubConfig, { issue, pull_request }: Event): boolean {
  if (pull_request !== undefined || issue?.pull_request) return takesPulls(config);
  return issue === undefined || takesIssues(config);
}

/** What an event is about: ids without the repository's, what hangs from a thread before the thread. */
function itemsOf(name: string, event: Event): string[] {
  const { issue, pull_request, discussion, comment, review, release, answer, old_answer } = event;
  const thread = issue ?? pull_request ?? discussion;
  const number = thread === undefined ? [] : [`#${thread.number}`];
  const marked = (mark: string, one: { id: number } | undefined) => (one === undefined ? [] : [`${mark}${one.id}`]);
  if (name === "issues" || name === "pull_request") return number;
  if (name === "issue_comment") return [...marked("#issuecomment-", comment), ...number];
  if (name === "pull_request_review") return [...marked("#pullrequestreview-", review), ...number];
  if (name === "pull_request_review_comment") return [...marked("#discussion_r", comment), ...number];
  if (name === "discussion" || name === "discussion_comment")
    return [...marked("#discussioncomment-", comment ?? answer ?? old_answer), ...number];
  return name === "release" ? marked("#release-", release) : [];
}

const askedAt = new WeakMap<GithubApi, number>();

/** Whether the source follows it. An unknown one may be new: the list is asked again, at most once a minute. */
async function follows(ctx: GithubContext, repository: { id: number }): Promise<boolean> {
  const id = String(repository.id);
  if (ctx.api.repositories.has(id)) return true;
  const now = ctx.clock.now().getTime();
  if (now - (askedAt.get(ctx.api) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return false;
  askedAt.set(ctx.api, now);
  for await (const one of repositoriesOf(ctx)) if (String(one.id) === id) return true;
  return false;
}
