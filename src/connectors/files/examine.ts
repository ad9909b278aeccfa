import { accessSync, constants, existsSync, lstatSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import type { Context, TestAnswer } from "../kit/index.ts";
import type { FilesApi } from "./api.ts";
import { foldersOf, type Unread } from "./folders.ts";
import { quoted } from "./ids.ts";
import { isNetworkMount } from "./mounts.ts";
import type { FilesConfig } from "./options.ts";
import type { OpenRoot, Root } from "./roots.ts";

/** How long counting may take before the answer says "more than". */
const COUNTING_MS = 3000;

const SYNCED =
  /(?:^|[\\/])(?:(Mobile Documents|iCloud ?Drive|com~apple~CloudDocs)|(OneDrive[^\\/]*)|(Dropbox[^\\/]*)|(Google ?Drive|GoogleDrive-[^\\/]*)|(CloudStorage))(?:[\\/]|$)/i;

/** Looks at every root: is it there, is it a vault, how many files it holds, what may surprise. Throws for one that cannot be read. */
export async function examine(ctx: Context<FilesConfig, FilesApi>): Promise<TestAnswer> {
  const answer = {
    granted: [] as string[],
    missing: [] as NonNullable<TestAnswer["missing"]>,
    warnings: [] as string[],
  };
  const accounts: string[] = [];
  for (const root of ctx.api.roots) {
    const opened = ctx.api.reopen(root);
    accounts.push(
      opened.vault === undefined ? realOf(opened) : `Obsidian vault ${quoted(opened.vault)} at ${realOf(opened)}`,
    );
    const count = await countFiles(ctx, opened);
    answer.granted.push(`${opened.container}: ${sentenceOf(count)}`);
    for (const one of count.unread)
      answer.missing.push({
        what: quoted(root.prefix + one.path),
        why: one.error.message,
        how: one.error.hint ?? "Leave it out with exclude.",
      });
    answer.warnings.push(...warningsOf(root, opened, count, ctx.config));
  }
  return { account: accounts.join(", "), ...answer };
}

interface Count {
  notes: number;
  others: number;
  complete: boolean;
  unread: Unread[];
  stubs: number;
}

async function countFiles(ctx: Context<FilesConfig, FilesApi>, root: OpenRoot): Promise<Count> {
  const count: Count = { notes: 0, others: 0, complete: true, unread: [], stubs: 0 };
  const stopAt = ctx.clock.now().getTime() + COUNTING_MS;
  for (const folder of foldersOf(
    root,
    ctx.config.followSymlinks,
    undefined,
    (one) => count.unread.length < 20 && count.unread.push(one),
  )) {
    for (const file of folder.files) {
      if (file.type.kind === "note") count.notes += 1;
      else count.others += 1;
      if (file.stub !== undefined) count.stubs += 1;
    }
    await breathe();
    ctx.signal.throwIfAborted();
    if (ctx.clock.now().getTime() <= stopAt) continue;
    count.complete = false;
    break;
  }
  return count;
}

function sentenceOf({ notes, others, complete }: Count): string {
  const parts = [
    `${notes} ${notes === 1 ? "note" : "notes"}`,
    ...(others > 0 ? [`${others} other ${others === 1 ? "file" : "files"}`] : []),
  ];
  return `${complete ? "" : "more than "}${parts.join(" and ")}`;
}

function warningsOf(root: Root, opened: OpenRoot, count: Count, config: FilesConfig): string[] {
  const name = quoted(root.path);
  const real = realOf(opened);
  const warnings: string[] = [];
  if (count.complete && count.notes + count.others === 0)
    warnings.push(
      `${name} holds no file that the options take. If it lies in a cloud drive, open it once so that its files are downloaded.`,
    );
  if (lstatSync(root.path).isSymbolicLink())
    warnings.push(`${name} is a symbolic link to ${quoted(real)}; the files there are read.`);
  const cloud = SYNCED.exec(real);
  if (cloud !== null)
    warnings.push(
      `${name} lies in ${cloudName(cloud)}. Files kept only in the cloud are listed by name; downloadPlaceholders: true reads them.`,
    );
  if (count.stubs > 0)
    warnings.push(`${count.stubs} files in ${name} are only in iCloud: download them in Finder to have them read.`);
  if (isNetworkMount(real))
    warnings.push(
      `${name} lies on a network drive, which ${config.watch ? "reports no changes: watch will not notice any" : "may be slow"}; syncs are scheduled instead.`,
    );
  if (foldsCase(real)) warnings.push(`${name} does not tell capital from small letters in names.`);
  if (!canRead(real)) warnings.push(`${name} cannot be opened by this user.`);
  return warnings;
}

function realOf(root: OpenRoot): string {
  return root.base.length > 1 ? root.base.slice(0, -1) : root.base;
}

function cloudName([, apple, oneDrive, dropbox, google]: RegExpExecArray): string {
  if (apple) return "iCloud Drive";
  if (oneDrive) return "OneDrive";
  if (dropbox) return "Dropbox";
  return google ? "Google Drive" : "a cloud drive";
}

/** Whether the folder is found under other capitals too. */
function foldsCase(real: string): boolean {
  const name = basename(real);
  const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
  const twin = join(dirname(real), other);
  if (other === name || !existsSync(twin)) return false;
  return statSync(twin).ino === statSync(real).ino;
}

function canRead(real: string): boolean {
  try {
    accessSync(real, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
