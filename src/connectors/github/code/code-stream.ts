import { z } from "zod";
import { ConnectorError, type Draft, type Entry } from "../../kit/index.ts";
import type { GithubContext } from "../api.ts";
import { describeAgain } from "../repositories/repositories.ts";
import type { Repository } from "../schema.ts";
import type { Stream, StreamFrom, StreamPage } from "../streams.ts";
import { fetchFile } from "./fetch-file.ts";
import type { ReadFile } from "./file-content.ts";
import { fileId, fileItem } from "./file-item.ts";
import { type Head, isGone, planFiles, rewritten } from "./plan-files.ts";
import { readFiles } from "./read-files.ts";
import { type ReadHead, readHead } from "./read-head.ts";
import { readReadme } from "./read-readme.ts";
import { Selection } from "./selection.ts";
import type { TreeFile } from "./walk-tree.ts";

const Reached = z.object({ branch: z.string(), commit: z.string().optional(), etag: z.string().optional() });

/**
 * Where the files of a repository stand. What is stored needs no list of its own: it is what the options take of the
 * commit in `head`, and git can always be asked for that commit's tree again.
 */
const CodeState = z.object({
  readme: z.object({ path: z.string().optional(), etag: z.string().optional() }).optional(),
  /** All files of this commit are stored. */
  head: Reached.optional(),
  /** On the way to this commit; files up to the path `after` have come. */
  walk: Reached.extend({ after: z.string().optional() }).optional(),
});
type CodeState = z.output<typeof CodeState>;
type Walk = NonNullable<CodeState["walk"]>;

/** The README of a repository and, where the options say so, its files. */
export const codeStream: Stream<CodeState> = {
  name: "code",
  title: "Files",
  permission: "Contents: read",
  state: CodeState,
  applies: (config) => config.includeReadme || config.includeCode,
  pages: (ctx, repository, from) => new CodeWalk(ctx, repository, from).pages(),
  ids,
  entries,
  fetch: (ctx, repository, key) => (key.startsWith(":") ? fetchFile(ctx, repository, key.slice(1)) : undefined),
};

/** One walk over the files of a repository. */
class CodeWalk {
  readonly #ctx: GithubContext;
  readonly #repository: Repository;
  readonly #branch: string;
  readonly #selection: Selection;
  /** Version of the README that this walk has brought already. */
  #readmeSha: string | undefined;
  #state: CodeState;

  constructor(ctx: GithubContext, repository: Repository, from: StreamFrom<CodeState>) {
    this.#ctx = ctx;
    this.#repository = repository;
    this.#branch = branchOf(ctx, repository);
    this.#selection = new Selection(ctx.config);
    this.#state = from.state ?? {};
  }

  async *pages(): AsyncGenerator<StreamPage<CodeState>> {
    const { includeCode, includeReadme } = this.#ctx.config;
    if (!includeCode) return yield* this.#readme();
    if (this.#state.walk !== undefined) yield* this.#resume(this.#state.walk);
    const { head } = this.#state;
    const known = head?.branch === this.#branch ? head.etag : undefined;
    const found = await readHead(this.#ctx, this.#repository, this.#branch, known);
    if (found.state === "same") return;
    // The README lies in the same commits: where they did not change, it did not.
    if (includeReadme) yield* this.#readme();
    if (found.state === "missing") yield { state: this.#state, incomplete: { why: this.#missing() } };
    else yield* this.#reach({ ...found.head, ...(found.etag !== undefined && { etag: found.etag }) });
  }

  async *#readme(): AsyncGenerator<StreamPage<CodeState>> {
    const before = this.#state.readme;
    const found = await readReadme(this.#ctx, this.#repository, this.#branch, before?.etag);
    if (found.state === "same") return;
    const { path, etag } = found.state === "found" ? found : {};
    const left = before?.path !== undefined && before.path !== path && !this.#isCode(before.path);
    const readme = { ...(path !== undefined && { path }), ...(etag !== undefined && { etag }) };
    this.#state = { ...this.#state, readme };
    if (found.state === "found") this.#readmeSha = found.item.version;
    if (found.state === "none" && !left) return;
    // A repository that is out of reach has no README either.
    if (found.state === "none") await describeAgain(this.#ctx, this.#repository);
    yield {
      ...(found.state === "found" && { upserts: [found.item] }),
      ...(left && { deletes: [fileId(this.#repository, before.path as string)] }),
      state: this.#state,
    };
  }

  /** Whether a path is a matter of the files, whose walk then knows better whether it is still there. */
  #isCode(path: string): boolean {
    return this.#ctx.config.includeCode && this.#selection.takesPath(path);
  }

  /** A part of the commit is stored. When that is gone, nobody can say any more what to remove of it. */
  async *#resume(walk: Walk): AsyncGenerator<StreamPage<CodeState>> {
    try {
      yield* this.#reach(walk);
    } catch (thrown) {
      if (!isGone(thrown)) throw thrown;
      throw rewritten(this.#repository);
    }
  }

  async *#reach({ after, ...target }: Walk): AsyncGenerator<StreamPage<CodeState>> {
    const { head } = this.#state;
    const reached = { ...without(this.#state, "walk"), head: target };
    if (head?.branch === target.branch && head.commit === target.commit) {
      const isNews = head.etag !== target.etag || this.#state.walk !== undefined;
      this.#state = reached;
      if (isNews) yield { state: reached };
      return;
    }
    const plan = await planFiles(this.#ctx, this.#repository, this.#selection, head, target);
    const files = plan.files.filter((file) => (after === undefined || file.path > after) && !this.#hasCome(file));
    for await (const { read, inOrder } of readFiles(this.#ctx, this.#repository, { ...plan, files })) {
      const come = inOrder ? read.at(-1)?.file.path : after;
      this.#state = { ...this.#state, walk: { ...target, ...(come !== undefined && { after: come }) } };
      yield { upserts: this.#items(target, read), state: this.#state };
    }
    this.#state = reached;
    yield {
      // The README may be no file that the options take, and is there all the same.
      deletes: plan.gone.filter((path) => path !== reached.readme?.path).map((path) => fileId(this.#repository, path)),
      state: reached,
      ...(plan.cut.length > 0 && { incomplete: { why: this.#cut(plan.cut) } }),
    };
  }

  #hasCome(file: TreeFile): boolean {
    return file.path === this.#state.readme?.path && file.sha === this.#readmeSha;
  }

  #items({ branch }: Head, read: readonly ReadFile[]): Draft[] {
    return read.map(({ file, content }) => fileItem(this.#repository, branch, file, content));
  }

  #missing(): string {
    return `${this.#repository.full_name} has no branch "${this.#branch}".`;
  }

  #cut(folders: readonly string[]): string {
    return `GitHub lists only a part of ${folders.slice(0, 3).join(", ")} in ${this.#repository.full_name}.`;
  }
}

function without<Key extends keyof CodeState>(state: CodeState, key: Key): Omit<CodeState, Key> {
  const { [key]: _, ...rest } = state;
  return rest;
}

function branchOf(ctx: GithubContext, repository: Repository): string {
  return ctx.config.branch ?? repository.default_branch;
}

async function* ids(ctx: GithubContext, repository: Repository): AsyncGenerator<string[]> {
  if (ctx.config.includeReadme) {
    const found = await readReadme(ctx, repository, branchOf(ctx, repository), undefined);
    if (found.state === "found") yield [found.item.id];
  }
  if (!ctx.config.includeCode) return;
  const { files } = await allFiles(ctx, repository);
  for (let at = 0; at < files.length; at += 1000)
    yield files.slice(at, at + 1000).map((file) => fileId(repository, file.path));
}

async function* entries(ctx: GithubContext, repository: Repository): AsyncGenerator<Entry> {
  const branch = branchOf(ctx, repository);
  const readme = ctx.config.includeReadme ? await readReadme(ctx, repository, branch, undefined) : undefined;
  const met = new Set<string>();
  if (readme?.state === "found") {
    met.add(readme.item.id);
    yield entryOf(readme.item);
  }
  if (!ctx.config.includeCode) return;
  const { files } = await allFiles(ctx, repository);
  for (const file of files) {
    const item = fileItem(repository, branch, file);
    if (!met.has(item.id)) yield entryOf(item);
  }
}

function entryOf({ id, title, url, body }: Draft): Entry {
  return {
    id,
    name: title,
    holds: "nothing",
    kind: "file",
    ...(url && { url }),
    ...(body?.bytes && { bytes: body.bytes }),
  };
}

/** Every file that the options take, as it is now. Throws when that cannot be told, so that nothing is deleted. */
async function allFiles(ctx: GithubContext, repository: Repository) {
  const branch = branchOf(ctx, repository);
  const found: ReadHead = await readHead(ctx, repository, branch, undefined);
  if (found.state !== "known")
    throw new ConnectorError("not_found", `${repository.full_name} has no branch "${branch}".`);
  const plan = await planFiles(ctx, repository, new Selection(ctx.config), undefined, found.head);
  if (plan.cut.length === 0) return plan;
  throw new ConnectorError("unsupported", `GitHub lists only a part of the files of ${repository.full_name}.`);
}
