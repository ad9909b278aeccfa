import { lstatSync, type Stats, statSync } from "node:fs";
import { lstat, stat } from "node:fs/promises";
import { setImmediate as breathe } from "node:timers/promises";
import { z } from "zod";
import { ConnectorError, type Context, type Draft, type From, type Page } from "../kit/index.ts";
import { type Folder, type Found, foldersOf, foldersUntil } from "./folders.ts";
import { hashInside } from "./hash.ts";
import { quoted } from "./ids.ts";
import { draftOf, folderAddress, hashedVersion, isReadable, withBody } from "./listed.ts";
import { type FilesConfig, largestBytes } from "./options.ts";
import { isPlaceholder } from "./placeholder.ts";
import { fileProblem, isGone, isPassing, isRefused } from "./problems.ts";
import { assertStillThere, type OpenRoot } from "./roots.ts";
import type { TagFilter } from "./tag-filter.ts";

/** Where a walk stands: behind a file, or at its end. A walk that ended starts anew. */
export const WalkCursor = z.object({
  v: z.literal(1),
  after: z.string().optional().describe("Path of the last file that was listed, below the root"),
  ended: z.boolean().default(false),
});
export type WalkCursor = z.output<typeof WalkCursor>;

const PAGE = 1000;
/** The first page is a small one, so that storing begins soon; the next ones are as large as all before them. */
const FIRST_PAGE = 100;
/** Files looked at between two looks at the clock. */
const SLICE = 100;
/** Above this time for a slice the drive is a slow one, and waiting for it must not hold up everything else. */
const SLOW_SLICE_MS = 50;
/** Below this time, waiting included, the drive was only busy for a moment: asking it at once costs half of it. */
const QUICK_SLICE_MS = 10;
/** A file changed less long ago may still be half-written. */
const QUIET_MS = 2000;
/** How long a walk waits for busy files altogether; then they are taken as they are, and met again by the next walk. */
const PATIENCE_MS = 10_000;

type Look = Pick<Stats, "mtimeMs" | "size">;

interface Listed {
  draft: Draft;
  /** Of the look at the file, what is needed later: the whole of it would be half of the memory of a page. */
  look: Look;
  file: Found;
  folder: Folder;
}

/** Lists everything the options take in one root, page by page. */
export async function* walk(
  ctx: Pick<Context<FilesConfig, unknown>, "config" | "clock" | "signal">,
  root: OpenRoot,
  tags: TagFilter | undefined,
  from: From<WalkCursor>,
): AsyncGenerator<Page<WalkCursor>> {
  yield* new Walk(ctx, root, tags, from.since).pages(placeOf(from.cursor), from.until);
}

function placeOf(cursor: WalkCursor | undefined): string | undefined {
  return cursor?.ended ? undefined : cursor?.after;
}

class Walk {
  readonly #ctx: Pick<Context<FilesConfig, unknown>, "config" | "clock" | "signal">;
  readonly #root: OpenRoot;
  readonly #tags: TagFilter | undefined;
  readonly #sinceMs: number;
  readonly #largest: number;
  #listed: Listed[] = [];
  #failures: NonNullable<Page<never>["failures"]> = [];
  #gap: string | undefined;
  /** The folder whose files may not be looked at: said once, not for each of them. */
  #closed: string | undefined;
  #done = 0;
  #slow = false;
  #addressed: string | undefined;
  #address = "";
  #patienceMs = PATIENCE_MS;

  constructor(
    ctx: Pick<Context<FilesConfig, unknown>, "config" | "clock" | "signal">,
    root: OpenRoot,
    tags: TagFilter | undefined,
    since: string | undefined,
  ) {
    this.#ctx = ctx;
    this.#root = root;
    this.#tags = tags;
    this.#sinceMs = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since);
    this.#largest = largestBytes(ctx.config);
  }

  async *pages(after: string | undefined, until: WalkCursor | undefined): AsyncGenerator<Page<WalkCursor>> {
    let last = after;
    let unrested = 0;
    const folders = foldersOf(this.#root, this.#ctx.config.followSymlinks, after, ({ path, error }) =>
      this.#miss(path, error),
    );
    for (const folder of until === undefined ? folders : foldersUntil(folders, placeOf(until))) {
      unrested += folder.entries;
      for (let at = 0; at < folder.files.length; at += SLICE) {
        const slice = folder.files.slice(at, at + SLICE);
        await this.#look(folder, slice);
        last = folder.path + (slice.at(-1) as Found).name;
        if (this.#listed.length >= Math.min(PAGE, Math.max(FIRST_PAGE, this.#done)))
          yield await this.#page({ v: 1, after: last, ended: false });
      }
      if (unrested > 2 * PAGE) {
        unrested = 0;
        await breathe();
      }
      this.#ctx.signal.throwIfAborted();
    }
    yield await this.#page({ v: 1, ended: true });
  }

  async #look(folder: Folder, slice: Found[]): Promise<void> {
    const startedAt = this.#ctx.clock.now().getTime();
    const looks = this.#slow
      ? await Promise.all(
          slice.map((file) => lookLater(folder.place + (file.stub ?? file.name), this.#ctx.config.followSymlinks)),
        )
      : slice.map((file) => lookNow(folder.place + (file.stub ?? file.name), this.#ctx.config.followSymlinks));
    this.#slow = this.#ctx.clock.now().getTime() - startedAt > (this.#slow ? QUICK_SLICE_MS : SLOW_SLICE_MS);
    for (let at = 0; at < slice.length; at++)
      this.#take(folder, slice[at] as Found, looks[at] as Stats | { error: unknown });
  }

  #take(folder: Folder, file: Found, look: Stats | { error: unknown }): void {
    if ("error" in look) {
      const path = folder.path + file.name;
      if (isPassing(look.error)) throw fileProblem(look.error, quoted(path));
      if (isRefused(look.error)) this.#missFilesOf(folder, look.error);
      else if (!isGone(look.error)) this.#miss(path, fileProblem(look.error, quoted(path)));
      return;
    }
    if (!look.isFile() || look.mtimeMs < this.#sinceMs) return;
    if (this.#addressed !== folder.path) {
      this.#addressed = folder.path;
      this.#address = folderAddress(this.#root, folder.path);
    }
    this.#listed.push({ draft: this.#draft(folder, this.#address, file, look), look: kept(look), file, folder });
  }

  #draft(folder: Folder, address: string, file: Found, stats: Stats): Draft {
    const elsewhere = file.stub !== undefined || (!this.#ctx.config.downloadPlaceholders && isPlaceholder(stats));
    const draft = draftOf(this.#root, folder.path, address, file.name, file.type, stats);
    return withBody(draft, file.type, stats, this.#largest, elsewhere);
  }

  /** A gap in the walk: said once per place, and nothing is deleted for it. */
  #miss(path: string, error: ConnectorError): void {
    this.#failures.push({ id: this.#root.prefix + path, error });
    if (error.kind !== "unsupported") this.#gap ??= error.message; // what can never be read was never stored
  }

  #missFilesOf(folder: Folder, error: unknown): void {
    if (this.#closed === folder.path) return;
    this.#closed = folder.path;
    const path = folder.path.slice(0, -1);
    this.#miss(
      path,
      fileProblem(error, path === "" ? "What lies in the folder" : `What lies in the folder ${quoted(path)}`),
    );
  }

  async #page(cursor: WalkCursor): Promise<Page<WalkCursor>> {
    await this.#settle();
    if (this.#ctx.config.hashContent === "always") await this.#hash();
    assertStillThere(this.#root);
    this.#done += this.#listed.length;
    const taken =
      this.#tags === undefined
        ? this.#listed
        : this.#listed.filter((one) => this.#tags?.takes(one.draft, this.#root, one.folder.path + one.file.name));
    for (const { draft, look, file } of taken)
      if (draft.version.endsWith("-large")) this.#failures.push(tooLarge(draft, look, file, this.#ctx.config));
    const page: Page<WalkCursor> = { upserts: taken.map((one) => one.draft), cursor, progress: { done: this.#done } };
    if (this.#failures.length > 0) page.failures = this.#failures;
    if (this.#gap !== undefined) page.incomplete = { why: this.#gap };
    [this.#listed, this.#failures] = [[], []];
    return page;
  }

  /** Waits until the files of this page have been quiet for two seconds, within the patience of the whole walk. */
  async #settle(): Promise<void> {
    for (;;) {
      const nowMs = this.#ctx.clock.now().getTime();
      const busy = this.#listed.filter((one) => Math.abs(nowMs - one.look.mtimeMs) < QUIET_MS);
      if (busy.length === 0 || this.#patienceMs <= 0) return;
      const longest = Math.max(...busy.map((one) => QUIET_MS - Math.max(0, nowMs - one.look.mtimeMs)));
      const waitMs = Math.max(1, Math.ceil(Math.min(longest, this.#patienceMs)));
      this.#patienceMs -= waitMs;
      await this.#ctx.clock.sleep(waitMs, this.#ctx.signal);
      this.#ctx.signal.throwIfAborted();
      for (const one of busy) this.#lookAgain(one);
    }
  }

  #lookAgain(one: Listed): void {
    const look = lookNow(one.folder.place + (one.file.stub ?? one.file.name), this.#ctx.config.followSymlinks);
    if ("error" in look || !look.isFile()) {
      this.#listed.splice(this.#listed.indexOf(one), 1);
      return;
    }
    one.look = kept(look);
    one.draft = this.#draft(one.folder, folderAddress(this.#root, one.folder.path), one.file, look);
  }

  async #hash(): Promise<void> {
    for (const one of this.#listed) {
      if (one.draft.body === undefined || !isReadable(one.file.type)) continue;
      const hash = await hashInside(
        this.#root,
        one.folder.path + one.file.name,
        this.#ctx.config.followSymlinks,
        this.#ctx.signal,
      );
      if (hash !== undefined) one.draft.version = hashedVersion(one.look, hash);
    }
  }
}

function lookNow(place: string, follow: boolean): Stats | { error: unknown } {
  try {
    return follow ? statSync(place) : lstatSync(place);
  } catch (error) {
    return { error };
  }
}

function lookLater(place: string, follow: boolean): Promise<Stats | { error: unknown }> {
  return (follow ? stat(place) : lstat(place)).catch((error: unknown) => ({ error }));
}

function kept({ mtimeMs, size }: Stats): Look {
  return { mtimeMs, size };
}

function tooLarge(draft: Draft, look: Look, file: Found, config: FilesConfig): { id: string; error: ConnectorError } {
  return { id: draft.id, error: tooLargeToRead(file.name, look, config) };
}

/** Said of a file above `maxFileSizeMb`. */
export function tooLargeToRead(name: string, stats: Pick<Stats, "size">, config: FilesConfig): ConnectorError {
  const megabytes = (stats.size / 1e6).toFixed(1);
  return new ConnectorError(
    "too_large",
    `${quoted(name)} has ${megabytes} MB; files are read up to ${config.maxFileSizeMb} MB.`,
    {
      hint: `It can be found by its name. To read it, set maxFileSizeMb: ${Math.ceil(stats.size / 1e6)} for this source.`,
    },
  );
}
