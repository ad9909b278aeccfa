import { ConnectorError } from "../../kit/index.ts";
import type { GitObject } from "./read-pack.ts";

/** A regular file of a commit; without bytes its content was left out of the pack. */
export interface PackedFile {
  path: string;
  sha: string;
  bytes: Buffer | undefined;
}

const DEEPEST = 64;

/** The regular files of a commit, in the order of its trees. Links and submodules are passed over. */
export function* filesIn(objects: ReadonlyMap<string, GitObject>, commit: string): Generator<PackedFile> {
  const root = /^tree ([0-9a-f]{40})\n/.exec(objects.get(commit)?.bytes.toString("latin1", 0, 46) ?? "")?.[1];
  if (root === undefined) throw incomplete();
  yield* walk(objects, root, "", 0);
}

function* walk(
  objects: ReadonlyMap<string, GitObject>,
  sha: string,
  below: string,
  depth: number,
): Generator<PackedFile> {
  const tree = objects.get(sha);
  if (tree?.kind !== "tree" || depth > DEEPEST) throw incomplete();
  for (const entry of entriesOf(tree.bytes)) {
    const path = below + entry.name;
    if (entry.mode === "40000") yield* walk(objects, entry.sha, `${path}/`, depth + 1);
    else if (entry.mode.startsWith("100")) yield { path, sha: entry.sha, bytes: objects.get(entry.sha)?.bytes };
  }
}

/** Lines of a tree: mode, space, name, NUL and twenty bytes of id. */
function* entriesOf(tree: Buffer): Generator<{ mode: string; name: string; sha: string }> {
  for (let at = 0; at < tree.length; ) {
    const space = tree.indexOf(32, at);
    const end = tree.indexOf(0, space);
    if (space < 0 || end < 0 || end + 20 >= tree.length + 1) throw incomplete();
    const [mode, name] = [tree.toString("latin1", at, space), tree.toString("utf8", space + 1, end)];
    yield { mode, name, sha: tree.toString("hex", end + 1, end + 21) };
    at = end + 21;
  }
}

function incomplete(): ConnectorError {
  return new ConnectorError("bad_response", "The pages of the wiki arrived incomplete.");
}
