import type { Draft } from "../../kit/index.ts";
import type { Repository } from "../schema.ts";
import { escapedPath } from "./escaped-path.ts";
import type { FileContent } from "./file-content.ts";
import { fileTypeOf } from "./file-type.ts";
import { fileRelations } from "./relative-links.ts";
import type { TreeFile } from "./walk-tree.ts";

/** A file as an item. Without `content` its body is still to be fetched. */
export function fileItem(repository: Repository, branch: string, file: TreeFile, content?: FileContent): Draft {
  const { kind, mime } = fileTypeOf(file.path);
  const draft: Draft = {
    id: fileId(repository, file.path),
    kind: "file",
    title: file.path,
    version: file.sha,
    url: `${repository.html_url}/blob/${escapedPath(branch)}/${escapedPath(file.path)}`,
    container: String(repository.id),
    aliases: [`${repository.full_name}:${file.path}`],
    fields: { path: file.path, bytes: file.size },
  };
  if (content !== undefined && "unread" in content) {
    // Said, not left out: what a listing promised before does not hold any more.
    return { ...draft, text: undefined, body: undefined, fields: { ...draft.fields, unread: content.unread } };
  }
  draft.body = { mime, bytes: file.size };
  if (content === undefined) return draft;
  draft.text = content.text;
  if (kind === "markdown") draft.relations = fileRelations(repository, file.path, content.text);
  return draft;
}

export function fileId(repository: Repository, path: string): string {
  return `${repository.id}:${path}`;
}
