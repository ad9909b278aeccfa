import { ConnectorError, type Draft, type From, type Page } from "../kit/index.ts";
import type { Ctx } from "./api.ts";
import type { FolderState, ImapCursor } from "./cursor.ts";
import { type Folder, listFolders } from "./folders.ts";
import { idOf } from "./ids.ts";
import { type Look, lookAt } from "./look.ts";
import { type Read, readMessages } from "./read-messages.ts";
import { noteRenumbered } from "./renumbered.ts";
import { UidSet } from "./uid-set.ts";
import { windowOf } from "./window.ts";

/** Messages of a page while a mailbox is read for the first time. */
const PAGE = 200;
/** So much news is one page: a mail that goes from one folder and comes in another is then seen to have moved. */
const ONE_PAGE = 1_000;

/** A folder with news. */
interface Task {
  folder: Folder;
  look: Look;
  /** Still to be read: the newest first. */
  todo: UidSet;
  /** Met again, and left out now. */
  dropped: UidSet;
}

/**
 * All folders, in one feed. A round asks each folder that is not as it was what came, changed and went; pages of
 * messages follow, and what went stands in the last one. Every page's cursor says what the store then has: stopped
 * anywhere, the next round finds the rest by itself.
 */
export async function* syncMailbox(ctx: Ctx, from: From<ImapCursor>): AsyncGenerator<Page<ImapCursor>> {
  const folders: Record<string, FolderState> = structuredClone(from.cursor?.folders ?? {});
  const cursor = (): ImapCursor => ({ v: 1, folders: structuredClone(folders) });
  const { followed, there } = await ctx.api.use(ctx, (flow) => listFolders(flow, ctx.config));
  const renamed = takeRenamed(folders, followed, there);
  const paths = new Set(followed.map((folder) => folder.path));
  const left = dropFolders(folders, paths, there);
  if (left !== undefined) yield { ...left, cursor: cursor() };
  if (followed.length === 0)
    yield { cursor: cursor(), incomplete: { why: `No folder of ${ctx.source} is among those that the options name.` } };
  const { tasks, doubts } = await planRound(ctx, folders, { followed, renamed }, from.since);
  const total = tasks.reduce((sum, { todo }) => sum + todo.size, 0);
  const size = total <= ONE_PAGE && from.cursor !== undefined ? ONE_PAGE : PAGE;
  let done = 0;
  for (let page = emptyRead(); ; page = emptyRead()) {
    const old: string[] = [];
    for (let room = size; room > 0; ) {
      const task = tasks.find(({ todo }) => todo.size > 0);
      if (task === undefined) break;
      const state = folders[task.folder.path] as FolderState;
      const uids =
        state.old === undefined ? task.todo.newest(room) : task.todo.without(task.todo.newest(task.todo.size - room));
      await readInto(page, ctx, task, state, uids, from.since);
      old.push(...replaced(task, state, uids.size));
      room -= uids.size;
      done += uids.size;
    }
    const last = tasks.every(({ todo }) => todo.size === 0);
    const gone = last ? tasks.flatMap((task) => finish(task, folders)) : [];
    yield {
      upserts: page.upserts,
      failures: page.failures,
      branches: [...old, ...gone].map((id) => ({ id, end: "deleted" as const })),
      cursor: cursor(),
      progress: { done, total },
      ...(last && doubts.length > 0 && { incomplete: { why: doubts.join(" ") } }),
    };
    if (last) return;
  }
}

function emptyRead(): Pick<Read, "upserts" | "failures"> {
  return { upserts: [] as Draft[], failures: [] };
}

/** A folder that is gone while a new one has its UIDVALIDITY and goes on behind its last UID has another name now. */
function takeRenamed(folders: Record<string, FolderState>, followed: Folder[], there: ReadonlySet<string>) {
  const renamed = new Map<string, { path: string; state: FolderState }>();
  for (const [path, state] of Object.entries(folders)) {
    const isNow = ({ path: name, status }: Folder) =>
      folders[name] === undefined &&
      !renamed.has(name) &&
      String(status?.uidValidity) === state.validity &&
      (status?.uidNext ?? 0) > UidSet.parse(state.have).highest;
    const now = there.has(path) || state.have === "" ? undefined : followed.find(isNow);
    if (now === undefined) continue;
    renamed.set(now.path, { path, state });
    delete folders[path];
  }
  return renamed;
}

/** Folders that are no longer followed, and those that are gone: hidden, in case they come back. */
function dropFolders(
  folders: Record<string, FolderState>,
  followed: ReadonlySet<string>,
  there: ReadonlySet<string>,
): Pick<Page<ImapCursor>, "branches"> | undefined {
  const branches = Object.entries(folders).flatMap(([path, state]) => {
    if (followed.has(path)) return [];
    delete folders[path];
    const end = there.has(path) ? ("deleted" as const) : ("lost" as const);
    return idsIn(path, state).map((id) => ({ id, end }));
  });
  return branches.length === 0 ? undefined : { branches };
}

function oldIds({ folder, validity }: NonNullable<FolderState["old"]>, uids: UidSet): string[] {
  return [...uids].map((uid) => idOf({ folder, validity, uid }));
}

function idsIn(folder: string, { validity, have, old }: FolderState): string[] {
  const now = [...UidSet.parse(have)].map((uid) => idOf({ folder, validity, uid }));
  if (old === undefined) return now;
  return [...now, ...oldIds(old, UidSet.parse(old.have))];
}

async function planRound(
  ctx: Ctx,
  folders: Record<string, FolderState>,
  { followed, renamed }: { followed: Folder[]; renamed: ReadonlyMap<string, { path: string; state: FolderState }> },
  since: string | undefined,
) {
  const tasks: Task[] = [];
  const doubts: string[] = [];
  for (const folder of followed) {
    if (isQuiet(folder, folders[folder.path])) continue;
    try {
      const task = await planFolder(ctx, { folders, folder, before: renamed.get(folder.path) }, since);
      tasks.push(task);
      if (task.look.doubtful) doubts.push(`The server contradicts itself about what ${folder.path} holds.`);
    } catch (error) {
      const known = ConnectorError.from(error);
      if (known.kind !== "permission" && known.kind !== "not_found" && known.kind !== "bad_response") throw known;
      doubts.push(`${folder.path} could not be opened: ${known.message}`);
    }
  }
  return { tasks, doubts };
}

/** Nothing came, went or changed, as one question about all folders tells. */
function isQuiet({ status }: Folder, state: FolderState | undefined): boolean {
  if (state?.seen === undefined || state.modseq === undefined || status === undefined || state.old !== undefined)
    return false;
  return (
    String(status.uidValidity) === state.validity &&
    String(status.highestModseq) === state.modseq &&
    status.uidNext === state.seen.next &&
    status.messages === state.seen.messages
  );
}

interface Planning {
  folders: Record<string, FolderState>;
  folder: Folder;
  /** What it was called until now. */
  before: { path: string; state: FolderState } | undefined;
}

function planFolder(ctx: Ctx, { folders, folder, before }: Planning, since: string | undefined): Promise<Task> {
  return ctx.api.inFolder(ctx, folder.path, async (flow, box, connection) => {
    const validity = String(box.uidValidity);
    const known = folders[folder.path];
    const isNew = known === undefined || known.validity !== validity;
    if (known !== undefined && isNew) await noteRenumbered(ctx, folder.path);
    const state = isNew ? begun(before ?? (known && { path: folder.path, state: known }), validity) : known;
    folders[folder.path] = state;
    const look = await lookAt({ flow, connection }, box, state, ctx.config);
    if (isNew) {
      const kept = UidSet.parse(state.old?.have ?? "").size;
      const wanted = (await windowOf(ctx, flow, look.news, since)).with(look.news.newest(kept));
      state.left = look.news.without(wanted).toString();
      look.news = wanted;
      if (look.modseq !== undefined) state.modseq = look.modseq;
    }
    const left = UidSet.parse(state.left ?? "");
    // A label may have brought what was left out; marks of what never came in are of no interest.
    const changed = folder.labels === undefined ? look.changed.without(left) : look.changed;
    return { folder, look, todo: look.news.with(changed), dropped: UidSet.empty };
  });
}

/** A folder that is read anew: for the first time, under a new name, or because the server gave its messages new numbers. */
function begun(before: Planning["before"], validity: string): FolderState {
  const fresh: FolderState = { validity, have: "" };
  if (before === undefined) return fresh;
  const { path, state } = before;
  if (state.have !== "") return { ...fresh, old: { folder: path, validity: state.validity, have: state.have } };
  return state.old === undefined ? fresh : { ...fresh, old: state.old };
}

async function readInto(
  page: Pick<Read, "upserts" | "failures">,
  ctx: Ctx,
  task: Task,
  state: FolderState,
  uids: UidSet,
  since: string | undefined,
): Promise<void> {
  const { folder } = task;
  task.todo = task.todo.without(uids);
  const read = await ctx.api.inFolder(ctx, folder.path, (flow, box) => {
    if (String(box.uidValidity) !== state.validity)
      throw new ConnectorError("unavailable", `${folder.path} was renumbered while it was read.`);
    return readMessages(ctx, flow, { folder, box, uids, since });
  });
  page.upserts.push(...read.upserts);
  page.failures.push(...read.failures);
  const left = UidSet.of(read.left);
  const had = UidSet.parse(state.have);
  task.dropped = task.dropped.with(left.and(had)); // its label went
  state.left = UidSet.parse(state.left ?? "")
    .without(UidSet.of(read.met))
    .with(left)
    .toString();
  state.have = had.with(UidSet.of(read.met).without(left)).toString();
}

/** As many of the old numbers as new ones came: both stand in the same order, so that each mail meets itself. */
function replaced({ todo }: Task, state: FolderState, count: number): string[] {
  const before = state.old;
  if (before === undefined) return [];
  const old = UidSet.parse(before.have);
  const going = todo.size === 0 ? old : old.without(old.newest(Math.max(0, old.size - count)));
  const rest = old.without(going);
  if (rest.size === 0) delete state.old;
  else state.old = { ...before, have: rest.toString() };
  return oldIds(before, going);
}

/** The folder is equal now. Answers the ids of what is gone. */
function finish({ folder, look, dropped }: Task, folders: Record<string, FolderState>): string[] {
  const state = folders[folder.path] as FolderState;
  const left = UidSet.parse(state.left ?? "").without(look.gone);
  const next: FolderState = {
    validity: state.validity,
    have: UidSet.parse(state.have).without(look.gone).toString(),
    ...(left.size > 0 && { left: left.toString() }),
    ...(look.modseq !== undefined && { modseq: look.modseq }),
    ...(look.marks !== undefined && { marks: look.marks }),
    ...(!look.doubtful && { seen: look.seen }),
  };
  folders[folder.path] = next;
  const ids = [...look.gone.with(dropped)].map((uid) => idOf({ folder: folder.path, validity: state.validity, uid }));
  return state.old === undefined ? ids : [...ids, ...oldIds(state.old, UidSet.parse(state.old.have))];
}
