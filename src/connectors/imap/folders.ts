import type { ImapFlow, ListResponse, StatusObject } from "imapflow";
import type { ImapConfig } from "./options.ts";

/** A folder that is followed. */
export interface Folder {
  path: string;
  name: string;
  role: string | undefined;
  status: StatusObject | undefined;
  /** Gmail keeps one message for all its labels: what is followed of this folder, label to the folder it stands for. */
  labels?: ReadonlyMap<string, string>;
}

const STATUS = { messages: true, uidNext: true, uidValidity: true, highestModseq: true };

export interface Listing {
  followed: Folder[];
  /** Paths of all folders that can be opened. */
  there: Set<string>;
}

/** The folders of a mailbox, those that the options choose apart. INBOX first, the others by name. */
export async function listFolders(flow: ImapFlow, config: ImapConfig): Promise<Listing> {
  const hasStatus = flow.capabilities.has("LIST-STATUS");
  // Of an open folder servers tell what this connection has heard of it so far; a NOOP brings it up to now.
  if (flow.mailbox) await flow.noop();
  const listed = await flow.list(hasStatus ? { statusQuery: STATUS } : {});
  const open = listed.filter((folder) => !folder.flags.has("\\Noselect") && !folder.flags.has("\\NonExistent"));
  const chosen = open.filter((folder) => isChosen(folder, config)).sort(byPlace);
  const followed: Folder[] = [];
  for (const folder of asGmail(flow, open, chosen)) {
    const status = folder.status ?? (await statusOf(flow, folder.path));
    followed.push({ ...folder, status });
  }
  return { followed, there: new Set(open.map((folder) => folder.path)) };
}

async function statusOf(flow: ImapFlow, path: string): Promise<StatusObject | undefined> {
  const status = await flow.status(path, STATUS);
  return status === false ? undefined : status;
}

function byPlace(left: ListResponse, right: ListResponse): number {
  const [a, b] = [left, right].map((folder) => (folder.path.toUpperCase() === "INBOX" ? "" : folder.path));
  return (a as string) < (b as string) ? -1 : 1;
}

function isChosen(folder: ListResponse, config: ImapConfig): boolean {
  const wanted = config.includeSent ? [...config.folders, "\\Sent"] : config.folders;
  return wanted.some((word) => isMeant(word, folder)) && !config.excludeFolders.some((word) => isMeant(word, folder));
}

function isMeant(
  word: string,
  { path, delimiter, specialUse }: Pick<ListResponse, "path" | "delimiter" | "specialUse">,
) {
  if (word.startsWith("\\")) return specialUse?.toLowerCase() === word.toLowerCase();
  return matches(word, path, delimiter);
}

/** `*` stands for anything, `%` for anything up to the next level (RFC 9051 §6.3.9); INBOX is written in any case. */
export function matches(pattern: string, path: string, delimiter = "/"): boolean {
  const level = (text: string) => (delimiter && delimiter !== "/" ? text.replaceAll(delimiter, "/") : text);
  const source = level(pattern)
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/%/g, "[^/]*");
  return new RegExp(`^${source}$`, "isu").test(level(path));
}

/** Labels as X-GM-LABELS writes them, by the role of the folder that shows them (developers.google.com, checked 2026-11-21). */
const LABELS: Readonly<Record<string, string>> = {
  "\\Inbox": "\\Inbox",
  "\\Sent": "\\Sent",
  "\\Drafts": "\\Draft",
  "\\Flagged": "\\Starred",
  "\\Important": "\\Important",
};

/**
 * Gmail's folders are labels, and one message lies in many of them: where more than one is chosen, all are read through
 * All Mail, so that each message is one item. Spam and Trash lie outside of it.
 */
function asGmail(
  flow: ImapFlow,
  open: ListResponse[],
  chosen: ListResponse[],
): Omit<Folder, "status">[] & { status?: StatusObject }[] {
  const folders = chosen.map(({ path, name, specialUse, status }) => ({
    path,
    name,
    role: specialUse,
    ...(status && { status }),
  }));
  const all = open.find((folder) => folder.specialUse === "\\All");
  if (!flow.capabilities.has("X-GM-EXT-1") || all === undefined || chosen.length < 2) return folders;
  const isApart = ({ role }: { role: string | undefined }) => role === "\\Junk" || role === "\\Trash";
  const inside = folders.filter((folder) => !isApart(folder) && folder.role !== "\\All");
  const everything = folders.some((folder) => folder.role === "\\All");
  const labels = new Map(inside.map(({ path, role }) => [LABELS[role ?? ""] ?? path, path]));
  const { path, name, specialUse, status } = all;
  const mail = { path, name, role: specialUse, ...(status && { status }), ...(!everything && { labels }) };
  return [mail, ...folders.filter(isApart)];
}

/** Whether options without roles leave a folder out for sure: roles are known to the server alone. */
export function surelyLeavesOut(config: ImapConfig, path: string): boolean {
  const named = (words: string[]) => words.some((word) => !word.startsWith("\\") && matches(word, path));
  if (named(config.excludeFolders)) return true;
  const hasRoles = config.includeSent || config.folders.some((word) => word.startsWith("\\"));
  return !hasRoles && !named(config.folders);
}
