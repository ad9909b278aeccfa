import { ConnectorError, type Draft } from "../../kit/index.ts";
import { type GithubContext, inRepository } from "../api.ts";
import type { Repository } from "../schema.ts";
import { fetchBlob } from "./fetch-blob.ts";
import { contentOf, type FileContent } from "./file-content.ts";
import { fileItem } from "./file-item.ts";
import { fileTypeOf } from "./file-type.ts";
import { Content } from "./schema.ts";

/** What `GET /readme` told. */
export type ReadReadme =
  | { state: "same" }
  | { state: "none" }
  | { state: "found"; item: Draft; path: string; etag: string | undefined };

/** The README that GitHub shows for a branch: of .github, the top or docs, in this order. One conditional request. */
export async function readReadme(
  ctx: GithubContext,
  repository: Repository,
  branch: string,
  etag: string | undefined,
): Promise<ReadReadme> {
  try {
    const answer = await ctx.http.changed(inRepository(repository, "/readme", refOf(ctx)), etag, Content);
    if (answer === undefined) return { state: "same" };
    const item = await itemOf(ctx, repository, branch, answer.body);
    return { state: "found", item, path: answer.body.path, etag: answer.etag };
  } catch (thrown) {
    if (ConnectorError.from(thrown).kind === "not_found") return { state: "none" };
    throw thrown;
  }
}

/** The branch to ask for; the default one needs no name. */
export function refOf(ctx: GithubContext): { ref: string } | undefined {
  return ctx.config.branch === undefined ? undefined : { ref: ctx.config.branch };
}

/** An answer of the contents API as an item, its text with it. */
export async function itemOf(
  ctx: GithubContext,
  repository: Repository,
  branch: string,
  content: Content,
): Promise<Draft> {
  const isDocument = fileTypeOf(content.path).kind === "document";
  const read = isDocument ? undefined : await contentFrom(ctx, repository, content);
  return fileItem(repository, branch, content, read);
}

/** Up to 1 MB the content comes along; above it has to be asked for. https://docs.github.com/rest/repos/contents, 2026-11. */
async function contentFrom(ctx: GithubContext, repository: Repository, content: Content): Promise<FileContent> {
  const inline = content.encoding === "base64" && typeof content.content === "string";
  if (inline) return contentOf(Buffer.from(content.content ?? "", "base64"));
  return contentOf(await fetchBlob(ctx, repository, content.sha));
}
