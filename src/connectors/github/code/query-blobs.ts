import { z } from "zod";
import type { GithubContext } from "../api.ts";
import { askRepository } from "../graphql.ts";
import type { Repository } from "../schema.ts";
import { blobSha } from "./blob-sha.ts";
import { contentOf, type FileContent, IS_BINARY } from "./file-content.ts";
import type { TreeFile } from "./walk-tree.ts";

const FIELDS = "... on Blob { oid byteSize isBinary isTruncated text }";
const Blob = z.object({
  oid: z.string(),
  byteSize: z.number(),
  isBinary: z.boolean().nullish(),
  isTruncated: z.boolean(),
  text: z.string().nullish(),
});
type Blob = z.output<typeof Blob>;
const Entry = z.object({ mode: z.number(), type: z.string(), object: z.union([Blob, z.unknown()]) }).nullish();

/** What GraphQL says of some blobs, by their sha: many with one request. Those it does not give exactly are missing. */
export async function queryBlobs(
  ctx: GithubContext,
  repository: Repository,
  shas: readonly string[],
): Promise<Map<string, FileContent>> {
  const body = shas.map((_, at) => `b${at}: object(oid: $o${at}) { ${FIELDS} }`).join(" ");
  const variables = Object.fromEntries(shas.map((value, at) => [`o${at}`, { type: "GitObjectID!", value }]));
  const shape = z.object(Object.fromEntries(shas.map((_, at) => [`b${at}`, z.unknown()])));
  const answer = await askRepository(ctx, repository, { body, variables }, shape);
  const found = new Map<string, FileContent>();
  for (const value of Object.values(answer)) {
    const blob = Blob.safeParse(value);
    const content = blob.success ? exactContent(blob.data) : undefined;
    if (blob.success && content !== undefined) found.set(blob.data.oid, content);
  }
  return found;
}

/** A file of a commit as GraphQL tells of it. */
export interface QueriedFile {
  file: TreeFile;
  content: FileContent | undefined;
}

/** What lies at some paths of a commit: regular files alone; links, submodules, folders and nothing are missing. */
export async function queryPaths(
  ctx: GithubContext,
  repository: Repository,
  commit: string,
  paths: readonly string[],
): Promise<QueriedFile[]> {
  const files = paths.map((_, at) => `f${at}: file(path: $p${at}) { mode type object { ${FIELDS} } }`).join(" ");
  const variables = Object.fromEntries(paths.map((value, at) => [`p${at}`, { type: "String!", value }]));
  const answer = await askRepository(
    ctx,
    repository,
    {
      body: `object(oid: $commit) { ... on Commit { ${files} } }`,
      variables: { commit: { type: "GitObjectID!", value: commit }, ...variables },
    },
    z.object({ object: z.object(Object.fromEntries(paths.map((_, at) => [`f${at}`, Entry]))) }),
  );
  return paths.flatMap((path, at) => {
    const entry = answer.object[`f${at}`];
    const blob = Blob.safeParse(entry?.object);
    if (!entry || !blob.success || !isRegular(entry.mode)) return [];
    const file = { path, sha: blob.data.oid, size: blob.data.byteSize };
    return [{ file, content: exactContent(blob.data) }];
  });
}

/** Git's modes of regular files are 100644 and 100755, here as numbers. */
function isRegular(mode: number): boolean {
  return mode >>> 12 === 0o10;
}

/** Undefined where the text is not what the file holds to the last byte: cut off, or of another encoding. */
function exactContent(blob: Blob): FileContent | undefined {
  if (blob.isBinary) return IS_BINARY;
  if (blob.isTruncated || typeof blob.text !== "string") return undefined;
  const bytes = Buffer.from(blob.text);
  return blobSha(bytes) === blob.oid ? contentOf(bytes) : undefined;
}
