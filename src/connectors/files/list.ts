import { lstatSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { ConnectorError, type Context, type Entry } from "../kit/index.ts";
import type { FilesApi } from "./api.ts";
import { readFolder } from "./folders.ts";
import { quoted } from "./ids.ts";
import { fileAddress, folderAddress } from "./listed.ts";
import type { FilesConfig } from "./options.ts";
import type { OpenRoot } from "./roots.ts";

/** The roots, or what lies in one folder: subfolders first, then files, both by name. */
export async function* listFolder(
  ctx: Context<FilesConfig, FilesApi>,
  parent: string | undefined,
): AsyncGenerator<Entry> {
  if (parent === undefined) {
    for (const root of ctx.api.roots)
      yield {
        id: root.container,
        name: root.container,
        holds: "containers",
        kind: "folder",
        url: pathToFileURL(root.path).href,
      };
    return;
  }
  const { root, path } = folderOf(ctx.api, parent);
  const inside = readFolder(root, ctx.config.followSymlinks, path);
  const address = folderAddress(root, inside.path);
  for (const name of inside.folders) yield folderEntry(root, inside.path + name);
  for (const { name, type, stub } of inside.files) {
    const stats = lstatSync(inside.place + (stub ?? name), { throwIfNoEntry: false });
    if (stats === undefined) continue;
    const kind = root.selection.kindOf(type);
    const updatedAt = new Date(stats.mtimeMs).toISOString();
    yield {
      id: root.prefix + inside.path + name,
      name,
      holds: "nothing",
      kind,
      url: address + fileAddress(root, name),
      updatedAt,
      bytes: stats.size,
    };
  }
}

/** A container's name, then a slash and the folder below it; a single root's name may be left out. */
function folderOf(api: FilesApi, parent: string): { root: OpenRoot; path: string } {
  const written = parent.replace(/\/+$/, "");
  const named = api.roots.find((root) => written === root.container || written.startsWith(`${root.container}/`));
  if (named !== undefined) return { root: api.opened(named), path: written.slice(named.container.length + 1) };
  const [only, ...others] = api.roots;
  if (only !== undefined && others.length === 0) return { root: api.opened(only), path: written };
  throw new ConnectorError("not_found", `${quoted(parent)} is no folder of this source.`, {
    hint: `Its folders: ${api.roots.map((root) => root.container).join(", ")}.`,
  });
}

function folderEntry(root: OpenRoot, path: string): Entry {
  const url = pathToFileURL(root.base + path).href;
  return {
    id: `${root.container}/${path}`,
    name: path.slice(path.lastIndexOf("/") + 1),
    holds: "containers",
    kind: "folder",
    url,
  };
}
