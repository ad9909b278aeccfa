import { z } from "zod";
import { ConnectorError, type From, type Page } from "../kit/index.ts";
import { asking, checkFiles, type DriveContext, EVERYWHERE, findFile, isHidden, type Place } from "./api.ts";
import { Bringing, type Brought } from "./brought.ts";
import { changesOf } from "./changes.ts";
import { corpusOf, quoted } from "./corpus.ts";
import type { DriveCursor, Exploring } from "./cursor.ts";
import { FolderDigests, folderDigest } from "./digests.ts";
import { expired } from "./expired.ts";
import { FolderTree } from "./folders.ts";
import { FOLDER } from "./formats.ts";
import { chosenFolders, nextPage, placeById, rootFolder } from "./places.ts";
import { type DriveFile, FILE_FIELDS, FileList } from "./schema.ts";
import { Scope } from "./scope.ts";

const StartToken = z.object({ startPageToken: z.string().min(1) });
/** Folders that are looked into with one request: Drive takes more, but not of any length. */
const TOGETHER = 50;

/** Follows one place: everything at first, and from then on what changes. */
export async function* syncPlace(ctx: DriveContext, from: From<DriveCursor>): AsyncGenerator<Page<DriveCursor>> {
  const place = await placeById(ctx, from.container ?? "");
  yield* new PlaceWalk(ctx, place, from).run();
}

/** The token from which the log goes on. It is taken before anything is listed, so that nothing falls between. */
export async function startToken(ctx: DriveContext, place: Place): Promise<string> {
  const { id, isShared, realm } = place;
  const query = { ...EVERYWHERE, ...(isShared && { driveId: id }), fields: "startPageToken" };
  try {
    return (await ctx.http.json(asking(realm, "/changes/startPageToken", query), StartToken)).body.startPageToken;
  } catch (thrown) {
    throw isShared && isHidden(thrown) ? notMember(ctx, place, thrown) : thrown;
  }
}

/** Administrators are shown drives that they cannot look into. */
function notMember({ source }: DriveContext, { name, email }: Place, cause: unknown): ConnectorError {
  return new ConnectorError(
    "not_found",
    `${source} cannot look into the shared drive ${name}: it is no member of it.`,
    {
      hint: `A manager of the drive can add ${email}: Manage members. Or name the drives to follow in sharedDrives.`,
      cause,
    },
  );
}

/** One walk over a place: its listing, the folders to look into, its changes, each from where it stood. */
export class PlaceWalk {
  readonly ctx: DriveContext;
  readonly place: Place;
  readonly tree: FolderTree;
  readonly scope: Scope;
  readonly bringing: Bringing;
  readonly digests: FolderDigests;
  /** Folders met in this walk and how they were, to be learned once all below them was listed. */
  readonly #seen = new Map<string, string>();
  readonly #targets = new Set<string>();
  readonly #explored = new Set<string>();
  #state: DriveCursor | undefined;

  constructor(ctx: DriveContext, place: Place, from: From<DriveCursor>) {
    this.ctx = ctx;
    this.place = place;
    this.#state = from.cursor;
    this.tree = new FolderTree(ctx, place);
    const shortcuts = new Map(Object.entries(from.cursor?.shortcuts ?? {}));
    for (const target of shortcuts.values()) this.#targets.add(target);
    this.scope = new Scope(ctx, place, this.tree, { since: from.since, targets: this.#targets });
    this.bringing = new Bringing(ctx, place, this.tree, this.scope, shortcuts);
    this.digests = new FolderDigests(ctx, place);
  }

  async *run(): AsyncGenerator<Page<DriveCursor>> {
    if (this.#state === undefined) yield* this.#begin();
    if (this.#state?.listing !== undefined) yield* this.#list();
    yield* this.#explore();
    yield* changesOf(this, (page, token) => this.#page(page, { token }));
    yield* this.#explore();
    await this.digests.save();
  }

  /** All that there is now, without what changes meanwhile. */
  async *whole(): AsyncGenerator<Page<DriveCursor>> {
    yield* this.#begin();
    if (this.#state?.listing !== undefined) yield* this.#list();
    yield* this.#explore();
  }

  get token(): string {
    return this.#state?.token ?? "";
  }

  /** Everything below will be listed after this page. */
  explore(folder: DriveFile): void {
    this.#seen.set(folder.id, folderDigest(folder));
    this.#enqueue(folder.id);
  }

  /** Whatever was known of it is not true any more. */
  async leave(id: string): Promise<void> {
    this.tree.forget(id);
    await this.digests.forget(id);
  }

  /** What comes now may have been met before and be different. */
  anew(): void {
    this.#explored.clear();
    this.bringing.anew();
  }

  exploresNow(): AsyncGenerator<Page<DriveCursor>> {
    return this.#explore();
  }

  #enqueue(id: string): void {
    const { batch, page, waiting }: Exploring = this.#state?.exploring ?? { batch: [], waiting: [] };
    if (batch.includes(id) || waiting.includes(id)) return;
    const exploring = { batch, waiting: [...waiting, id], ...(page !== undefined && { page }) };
    this.#state = { ...(this.#state as DriveCursor), exploring };
  }

  #page(brought: Omit<Page<DriveCursor>, "cursor">, next: Partial<DriveCursor> = {}): Page<DriveCursor> {
    for (const target of this.bringing.shortcuts.values()) this.#targets.add(target);
    const shortcuts = Object.fromEntries(this.bringing.shortcuts);
    const { shortcuts: _, ...state } = { ...(this.#state as DriveCursor), ...next };
    this.#state = { ...state, ...(Object.keys(shortcuts).length > 0 && { shortcuts }) };
    const cursor = Object.fromEntries(
      Object.entries(this.#state).filter(([, value]) => value !== undefined),
    ) as DriveCursor;
    return { ...brought, cursor };
  }

  async *#begin(): AsyncGenerator<Page<DriveCursor>> {
    const token = await startToken(this.ctx, this.place);
    this.#state = { v: 1, token };
    if (!this.scope.isNarrow) {
      this.#state = { v: 1, token, listing: {} };
      return;
    }
    const roots = await Promise.all(chosenFolders(this.ctx).map((id) => rootFolder(this.ctx, id)));
    const here = roots.filter((root) => root !== undefined && this.#liesHere(root)) as DriveFile[];
    for (const root of here) if (root.mimeType === FOLDER) this.explore(root);
    const hidden = roots.includes(undefined);
    const why = "A folder that folderIds names is not shown to this account any more.";
    yield this.#page({ ...pageOf(await this.bringing.listed(here)), ...(hidden && { incomplete: { why } }) });
  }

  #liesHere({ driveId }: DriveFile): boolean {
    return this.place.isShared ? driveId === this.place.id : !driveId;
  }

  /** All files, those that have not changed for longest first, so that what is edited meanwhile comes at the end. */
  async *#list(): AsyncGenerator<Page<DriveCursor>> {
    await this.tree.load();
    const { config } = this.ctx;
    const terms = [
      ...(config.includeTrashed ? [] : ["trashed = false"]),
      ...(this.place.isShared || config.includeShared ? [] : ["'me' in owners"]),
    ];
    const q = terms.join(" and ");
    const domain = config.includeDomain && !this.place.isShared ? ({ domain: true } as const) : undefined;
    if (this.#state?.listing?.domain === undefined) yield* this.#listCorpus(q, {}, domain);
    if (domain !== undefined) yield* this.#listCorpus(q, domain, undefined);
    for (const [id, digest] of this.#seen) await this.digests.learn(id, digest);
  }

  /** `next` is what has to be listed after it. */
  async *#listCorpus(
    q: string,
    corpus: { domain?: true },
    next: DriveCursor["listing"],
  ): AsyncGenerator<Page<DriveCursor>> {
    const begun = this.#state?.listing?.page;
    const domain = corpus.domain ? { corpora: "domain" } : {};
    const query = { ...this.#listQuery(q), ...domain, orderBy: "modifiedTime" };
    const first = asking(this.place.realm, "/files", { ...query, ...(begun !== undefined && { pageToken: begun }) });
    try {
      for await (const { body } of this.ctx.http.pages(first, FileList, ({ body }) =>
        nextPage(first, body.nextPageToken),
      )) {
        const { files, failures } = checkFiles(this.ctx, body.files);
        const brought = await this.bringing.listed(files);
        for (const folder of brought.folders) this.#meet(folder);
        const page = body.nextPageToken ?? undefined;
        const listing = page === undefined ? next : { page, ...corpus };
        const why = "Google Drive searched only a part of this drive.";
        yield this.#page(
          { ...pageOf(brought, failures), ...(body.incompleteSearch && { incomplete: { why } }) },
          { listing },
        );
      }
    } catch (thrown) {
      throw begun === undefined ? thrown : expired(thrown, "a page of the list");
    }
  }

  /** In one's own Drive a list has what was shared with oneself; what lies in shared folders is found there. */
  #meet(folder: DriveFile): void {
    this.#seen.set(folder.id, folderDigest(folder));
    const isTop = !folder.parents?.length || folder.driveId != null;
    const isTarget = [...this.bringing.shortcuts.values()].includes(folder.id);
    if (isTarget || (!this.place.isShared && folder.ownedByMe !== true && isTop)) this.#enqueue(folder.id);
  }

  #listQuery(q: string) {
    const fields = `nextPageToken,incompleteSearch,files(${FILE_FIELDS})`;
    return { ...corpusOf(this.place), pageSize: 1000, fields, ...(q !== "" && { q }) };
  }

  /** Everything below the folders that wait, many of them with each request. */
  async *#explore(): AsyncGenerator<Page<DriveCursor>> {
    for (let now = this.#nextBatch(); now !== undefined; now = this.#nextBatch()) {
      const { batch, page } = now;
      const answer = await this.#lookInto(batch, page);
      if (answer === undefined) continue;
      const { files, failures } = checkFiles(this.ctx, answer.files);
      const brought = await this.bringing.listed(files);
      for (const folder of brought.folders) if (!this.#explored.has(folder.id)) this.explore(folder);
      const next = answer.nextPageToken ?? undefined;
      const waiting = this.#state?.exploring?.waiting ?? [];
      if (next === undefined) await this.#learn(batch);
      const rest = { batch: next === undefined ? [] : batch, waiting, ...(next !== undefined && { page: next }) };
      const isOver = rest.batch.length === 0 && waiting.length === 0;
      yield this.#page(pageOf(brought, failures), { exploring: isOver ? undefined : rest });
    }
  }

  async #learn(batch: readonly string[]): Promise<void> {
    for (const id of batch) {
      this.#explored.add(id);
      const digest = this.#seen.get(id);
      if (digest !== undefined) await this.digests.learn(id, digest);
    }
  }

  #nextBatch(): Exploring | undefined {
    const exploring = this.#state?.exploring;
    if (exploring === undefined) return undefined;
    if (exploring.batch.length > 0) return exploring;
    const waiting = exploring.waiting.filter((id) => !this.#explored.has(id));
    const batch = waiting.splice(-TOGETHER);
    const next = batch.length === 0 ? undefined : { batch, waiting };
    this.#state = { ...(this.#state as DriveCursor), exploring: next };
    return next;
  }

  /** Undefined where the batch has to be looked at anew: Drive refuses all of it when one folder is gone. */
  async #lookInto(batch: readonly string[], page: string | undefined): Promise<z.output<typeof FileList> | undefined> {
    const below = batch.map((id) => `${quoted(id)} in parents`).join(" or ");
    const q = this.ctx.config.includeTrashed ? `(${below})` : `(${below}) and trashed = false`;
    const query = { ...this.#listQuery(q), ...(page !== undefined && { pageToken: page }) };
    try {
      return (await this.ctx.http.json(asking(this.place.realm, "/files", query), FileList)).body;
    } catch (thrown) {
      if (!isHidden(thrown)) throw page === undefined ? thrown : expired(thrown, "a page of a folder");
      const there = await Promise.all(batch.map((id) => findFile(this.ctx, this.place.realm, id)));
      const rest = batch.filter((_, at) => there[at] !== undefined);
      if (rest.length === batch.length) throw thrown;
      const waiting = this.#state?.exploring?.waiting ?? [];
      this.#state = { ...(this.#state as DriveCursor), exploring: { batch: rest, waiting } };
      return undefined;
    }
  }
}

function pageOf(
  { upserts, deletes, failures }: Brought,
  broken: Brought["failures"] = [],
): Omit<Page<DriveCursor>, "cursor"> {
  const all = [...failures, ...broken];
  return { upserts, ...(deletes.length > 0 && { deletes }), ...(all.length > 0 && { failures: all }) };
}
