import { rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type FileClient, fileOf } from "./client.ts";
import { readTree, withEntry, withoutEntry } from "./edit.ts";
import { isTree, type KeyPath, type Tree, valueAt } from "./editor.ts";
import { type Door, type Entry, entryOf } from "./entry.ts";
import { inAppData, inConfig, inHome, type Place } from "./place.ts";
import { backupOf, type Change, changeFile, type FileState, readState, targetOf } from "./replace-file.ts";

export type Outcome = "added" | "updated" | "unchanged" | "removed" | "restored" | "absent";

export interface SetUp {
  client: string;
  title: string;
  file: string;
  outcome: Outcome;
  /** The file as it was before the first change, where one is kept. */
  backup?: string;
}

/** Keys that say how headwater is reached; all others of an entry are the person's own and stay. */
const DOOR_KEYS = new Set([
  ...["command", "args", "type", "cmd", "url", "httpUrl", "serverUrl", "uri"],
  ...["headers", "bearer_token_env_var", "env_keys"],
]);

/** Writes the entry into the client's file, unless it stands there already. */
export async function setUp(client: FileClient, place: Place, name: string, door: Door): Promise<SetUp> {
  const file = fileOf(client, place);
  let outcome = "unchanged" as Outcome;
  await changeFile(file, (state) => {
    const planned = plannedEntry(client, file, state, name, door);
    outcome = planned.outcome;
    if (planned.outcome === "unchanged") return undefined;
    const keepsOlder = state.backup !== undefined && (planned.outcome === "updated" || grew(client, file, state));
    const text = withEntry(client.format, state.text ?? "", file, planned.path, planned.entry);
    return { text, ...(!keepsOlder && { backup: state.text === undefined ? "remove" : "write" }) };
  });
  return told(client, file, outcome);
}

/** What `setUp` would do, without doing it. */
export function planSetUp(client: FileClient, place: Place, name: string, door: Door): SetUp & { says: string } {
  const file = fileOf(client, place);
  const state = readState(file);
  const { outcome, entry, path } = plannedEntry(client, file, state, name, door);
  if (outcome !== "unchanged") withEntry(client.format, state.text ?? "", file, path, entry);
  const says = withEntry(client.format, "", file, path, entry);
  return { client: client.id, title: client.title, file, outcome, says };
}

/** Takes the entry out. Where nothing else changed since it was put in, the file is what it was, byte for byte. */
export async function takeOut(client: FileClient, place: Place, name: string): Promise<SetUp> {
  const file = fileOf(client, place);
  let outcome = "absent" as Outcome;
  await changeFile(file, (state) => {
    const [change, reached] = removal(client, file, state, name);
    outcome = reached;
    return change;
  });
  if (outcome === "restored") removeEmptyFolders(file, place);
  return told(client, file, outcome);
}

/** Whether the client's file names headwater. Throws as reading it does. */
export function isSetUp(client: FileClient, place: Place, name: string): boolean {
  return entryIn(client, place, name) !== undefined;
}

/** What stands under that name in the client's file. Throws as reading it does. */
export function entryIn(client: FileClient, place: Place, name: string): Entry | undefined {
  const file = fileOf(client, place);
  const { text } = readState(file);
  if (text === undefined) return undefined;
  const tree = readTree(client.format, text, file);
  const entry = valueAt(tree, [...keysIn(client, tree), name]);
  return entry === undefined ? undefined : isTree(entry) ? entry : {};
}

function plannedEntry(client: FileClient, file: string, state: FileState, name: string, door: Door) {
  const tree = readTree(client.format, state.text ?? "", file);
  const path = [...keysIn(client, tree), name];
  const wanted = entryOf(client.shape, door, name, client.title);
  const existing = valueAt(tree, path);
  const entry = isTree(existing) ? { ...wanted, ...ownKeys(existing) } : wanted;
  const outcome: Outcome =
    existing === undefined
      ? "added"
      : isDeepStrictEqual(structuredClone(existing), structuredClone(entry))
        ? "unchanged"
        : "updated";
  return { outcome, entry, path };
}

/** Whether the file is its backup with more servers: that is still what it was before the first change. */
function grew(client: FileClient, file: string, { text = "", backup }: FileState): boolean {
  const earlier = backup === undefined ? undefined : earlierTree(client, backup);
  if (earlier === undefined) return false;
  const tree = readTree(client.format, text, file);
  const keys = keysIn(client, tree);
  const servers = { ...(valueAt(tree, keys) as Tree | undefined) };
  const known = { ...(valueAt(earlier, keys) as Tree | undefined) };
  for (const name of Object.keys(servers)) if (!Object.hasOwn(known, name)) delete servers[name];
  return isDeepStrictEqual(servers, known) && isDeepStrictEqual(besides(tree, keys), besides(earlier, keys));
}

/** A tree without what stands at the path, and without maps that hold nothing then. */
function besides(tree: Tree, [key = "", ...rest]: KeyPath): Tree {
  const { [key]: inner, ...others } = structuredClone(tree);
  const left = rest.length > 0 && isTree(inner) ? besides(inner, rest) : {};
  return Object.keys(left).length > 0 ? { ...others, [key]: left } : others;
}

function removal(client: FileClient, file: string, state: FileState, name: string): [Change | undefined, Outcome] {
  const { text, backup } = state;
  if (text === undefined) return [undefined, "absent"];
  const tree = readTree(client.format, text, file);
  const path = [...keysIn(client, tree), name];
  const entry = valueAt(tree, path);
  if (entry === undefined) return [undefined, "absent"];
  const earlier = backup === undefined ? undefined : earlierTree(client, backup);
  if (isTree(entry) && before(client, file, text, backup, path, entry)) {
    return [{ text: backup, backup: "remove" }, "restored"];
  }
  const made = earlier === undefined ? 0 : path.slice(0, -1).filter((_, at) => !has(earlier, path.slice(0, at + 1)));
  const rest = withoutEntry(client.format, text, file, path, made === 0 ? 0 : made.length);
  return [{ text: rest, ...(rest === backup && { backup: "remove" }) }, rest === backup ? "restored" : "removed"];
}

/** Whether the file is what it became when the entry was put into the backup, or into a file that was not there. */
function before(
  client: FileClient,
  file: string,
  text: string,
  backup: string | undefined,
  path: KeyPath,
  entry: Entry,
): boolean {
  try {
    if (backup !== undefined && has(readTree(client.format, backup, file), path)) return false;
    return withEntry(client.format, backup ?? "", file, path, entry) === text;
  } catch {
    return false;
  }
}

function earlierTree(client: FileClient, backup: string): Tree | undefined {
  try {
    return readTree(client.format, backup, "");
  } catch {
    return undefined;
  }
}

function has(tree: Tree, path: KeyPath): boolean {
  return valueAt(tree, path) !== undefined;
}

/** The client's newer place for servers where its file has that already. A server may itself be named like the place. */
function keysIn(client: FileClient, tree: Tree): readonly string[] {
  if (!client.newerKeys) return client.keys;
  const newer = valueAt(tree, client.newerKeys);
  return isTree(newer) && typeof newer.type !== "string" ? client.newerKeys : client.keys;
}

function ownKeys(existing: Tree): Entry {
  return Object.fromEntries(Object.entries(existing).filter(([key]) => !DOOR_KEYS.has(key)));
}

function told(client: FileClient, file: string, outcome: Outcome): SetUp {
  const hasBackup = readState(file).backup !== undefined;
  return { client: client.id, title: client.title, file, outcome, ...(hasBackup && { backup: backupOf(file) }) };
}

/** Folders that were made for the file and hold nothing now. */
function removeEmptyFolders(file: string, place: Place): void {
  const shared = [place.home, inAppData(place), inConfig(place), inHome(place, ".config")];
  try {
    for (let folder = dirname(targetOf(file)); !shared.includes(folder); folder = dirname(folder)) rmdirSync(folder);
  } catch {
    // The first that is not empty ends it.
  }
}
