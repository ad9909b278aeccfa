import { Readable } from "node:stream";
import { ConnectorError, type Fetched } from "../../kit/index.ts";
import { type GithubContext, inRepository } from "../api.ts";
import type { Repository } from "../schema.ts";
import { escapedPath } from "./escaped-path.ts";
import { fetchBlob, LARGEST_BLOB } from "./fetch-blob.ts";
import { fileItem } from "./file-item.ts";
import { fileTypeOf } from "./file-type.ts";
import { itemOf, refOf } from "./read-readme.ts";
import { Content } from "./schema.ts";

/** A folder answers with a list. */
const FileOrFolder = Content.or(Content.partial().array());

/** One file of the branch, fresh: its text, or its bytes where they have to be turned into text. */
export async function fetchFile(ctx: GithubContext, repository: Repository, path: string): Promise<Fetched> {
  const branch = ctx.config.branch ?? repository.default_branch;
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) throw noFile(repository, path);
  const request = inRepository(repository, `/contents/${escapedPath(path)}`, refOf(ctx));
  const { body: found } = await ctx.http.json(request, FileOrFolder).catch((thrown: unknown) => {
    throw ConnectorError.from(thrown).kind === "not_found" ? noFile(repository, path, thrown) : thrown;
  });
  if (Array.isArray(found) || found.type !== "file") throw noFile(repository, path);
  const { kind, mime } = fileTypeOf(path);
  if (kind === "binary") return { item: fileItem(repository, branch, found, { unread: "It is a binary file." }) };
  if (found.size > LARGEST_BLOB)
    throw new ConnectorError("too_large", "GitHub gives files up to 100 MB.", { hint: "Its title is searchable." });
  if (kind === "document") {
    const stream = Readable.from([await fetchBlob(ctx, repository, found.sha)]);
    const name = path.slice(path.lastIndexOf("/") + 1);
    return { item: fileItem(repository, branch, found), content: { stream, mime, name } };
  }
  const item = await itemOf(ctx, repository, branch, found);
  return { item, ...(item.text !== undefined && { content: { text: item.text } }) };
}

function noFile(repository: Repository, path: string, cause?: unknown): ConnectorError {
  return new ConnectorError("not_found", `${repository.full_name} has no file ${JSON.stringify(path)}.`, { cause });
}
