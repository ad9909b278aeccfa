import { ConnectorError } from "../../kit/index.ts";
import { type GithubContext, hasGraphql } from "../api.ts";
import type { Repository } from "../schema.ts";
import { fetchArchive } from "./fetch-archive.ts";
import { fetchBlob } from "./fetch-blob.ts";
import { contentOf, type FileContent, IS_BINARY, type ReadFile } from "./file-content.ts";
import { fileTypeOf } from "./file-type.ts";
import { queryBlobs } from "./query-blobs.ts";
import type { TreeFile } from "./walk-tree.ts";

/** Files in one page, and in one GraphQL query; text in one query and in one page of an archive, bytes. */
const [PAGE, QUERY_BYTES, PAGE_BYTES] = [100, 2_000_000, 8_000_000];
/** What one query asks for is cut off near half a megabyte; larger files are asked for one by one. */
const LARGEST_QUERIED = 400_000;
const [ARCHIVE_ALWAYS, ARCHIVE_NEVER] = [64_000_000, 1_000_000_000];
/** Bytes that are worth loading to save one request: much where only 60 an hour are allowed. */
const WORTH = { loggedIn: 4_000_000, anonymous: 20_000_000 };

/** Where an archive breaks off and nobody is logged in, more than this are better loaded by another try. */
const MOST_ONE_BY_ONE = 20;

export interface WantedFiles {
  commit: string;
  /** In the order of their paths. */
  files: readonly TreeFile[];
  /** Bytes of all files of the commit, where that is known. */
  allBytes?: number | undefined;
  /** Known already, by sha. */
  contents?: ReadonlyMap<string, FileContent>;
}

/** A part of the files, read. `inOrder`: everything before its last path has come. */
export interface ReadPage {
  read: ReadFile[];
  inOrder: boolean;
}

/**
 * Reads many files with few requests: all from the archive of the commit where that pays, else up to a hundred with one
 * GraphQL query, else one by one. Every text is checked against its sha, whichever way it came.
 */
export async function* readFiles(
  ctx: GithubContext,
  repository: Repository,
  wanted: WantedFiles,
): AsyncGenerator<ReadPage> {
  const texts = wanted.files.filter((file) => needsReading(file) && !wanted.contents?.has(file.sha));
  const read = (files: TreeFile[]) => readBatch(ctx, repository, files, wanted.contents);
  if (!archivePays(ctx, texts, wanted.allBytes)) {
    for await (const files of oneAhead(inBatches(wanted.files), read)) yield { read: files, inOrder: true };
    return;
  }
  const left = new Map(wanted.files.map((file) => [file.path, file]));
  for await (const files of fromArchive(ctx, repository, { ...wanted, files: texts }, left))
    yield { read: files, inOrder: false };
  for await (const files of oneAhead(inBatches([...left.values()]), read)) yield { read: files, inOrder: false };
}

/** While the caller works with one result, the next is on its way. */
async function* oneAhead<From, To>(all: Iterable<From>, work: (one: From) => Promise<To>): AsyncGenerator<To> {
  let begun: Promise<To> | undefined;
  for (const one of all) {
    const next = work(one);
    next.catch(() => {}); // told when its turn comes
    if (begun !== undefined) yield await begun;
    begun = next;
  }
  if (begun !== undefined) yield await begun;
}

/** What the archive of the commit holds of the wanted files; what came is taken off `left`. */
async function* fromArchive(
  ctx: GithubContext,
  repository: Repository,
  { commit, files, allBytes = 0 }: WantedFiles,
  left: Map<string, TreeFile>,
): AsyncGenerator<ReadFile[]> {
  let [read, bytes]: [ReadFile[], number] = [[], 0];
  try {
    for await (const one of fetchArchive(ctx, repository, commit, { files, allBytes })) {
      left.delete(one.file.path);
      read.push(one);
      bytes += one.file.size;
      if (read.length < PAGE && bytes < PAGE_BYTES) continue;
      yield read;
      [read, bytes] = [[], 0];
    }
  } catch (thrown) {
    const error = refusal(thrown);
    const spares = hasGraphql(ctx) || left.size < MOST_ONE_BY_ONE || error.kind !== "unavailable";
    if (!spares) throw error;
    ctx.log.info("archive.failed", { repository: repository.full_name, kind: error.kind });
  }
  if (read.length > 0) yield read;
}

function needsReading(file: TreeFile): boolean {
  const { kind } = fileTypeOf(file.path);
  return kind === "markdown" || kind === "text";
}

function archivePays(ctx: GithubContext, texts: readonly TreeFile[], allBytes: number | undefined): boolean {
  if (allBytes === undefined || allBytes > ARCHIVE_NEVER) return false;
  const queries = hasGraphql(ctx) ? [...inBatches(texts)].length : texts.length;
  // The archive itself is two: it comes from another address.
  const saved = queries - 2;
  if (saved <= 0) return false;
  return allBytes <= ARCHIVE_ALWAYS || allBytes <= saved * (hasGraphql(ctx) ? WORTH.loggedIn : WORTH.anonymous);
}

function* inBatches(files: readonly TreeFile[]): Generator<TreeFile[]> {
  let [batch, bytes]: [TreeFile[], number] = [[], 0];
  for (const file of files) {
    const costs = needsReading(file) && file.size <= LARGEST_QUERIED ? file.size : 0;
    if (batch.length === PAGE || (bytes + costs > QUERY_BYTES && batch.length > 0)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(file);
    bytes += costs;
  }
  if (batch.length > 0) yield batch;
}

async function readBatch(
  ctx: GithubContext,
  repository: Repository,
  files: readonly TreeFile[],
  known: ReadonlyMap<string, FileContent> = new Map(),
): Promise<ReadFile[]> {
  const texts = files.filter((file) => needsReading(file) && !known.has(file.sha));
  const small = texts.filter((file) => file.size <= LARGEST_QUERIED).map((file) => file.sha);
  const queried = await queriedWherePossible(ctx, repository, [...new Set(small)]);
  return await Promise.all(
    files.map(async (file): Promise<ReadFile> => {
      const { kind } = fileTypeOf(file.path);
      if (kind === "binary") return { file, content: IS_BINARY };
      if (kind === "document") return { file };
      const content = known.get(file.sha) ?? queried.get(file.sha);
      if (content !== undefined) return { file, content };
      return await readOne(ctx, repository, file);
    }),
  );
}

async function readOne(ctx: GithubContext, repository: Repository, file: TreeFile): Promise<ReadFile> {
  try {
    return { file, content: contentOf(await fetchBlob(ctx, repository, file.sha)) };
  } catch (thrown) {
    const { kind } = refusal(thrown);
    if (kind === "too_large") return { file, content: { unread: "It is larger than GitHub gives out." } };
    if (kind === "not_found") return { file };
    throw thrown;
  }
}

/** One query saves many requests but is never needed: where it fails, the blobs are asked for one by one. */
async function queriedWherePossible(
  ctx: GithubContext,
  repository: Repository,
  shas: string[],
): Promise<Map<string, FileContent>> {
  if (!hasGraphql(ctx) || shas.length < 2) return new Map();
  try {
    return await queryBlobs(ctx, repository, shas);
  } catch (thrown) {
    const error = refusal(thrown);
    if (error.status === 404) ctx.api.withoutGraphql = true;
    ctx.log.info("query.failed", { repository: repository.full_name, kind: error.kind });
    return new Map();
  }
}

/** Why one way to the files failed; throws what would stop every other way too. */
export function refusal(thrown: unknown): ConnectorError {
  const error = ConnectorError.from(thrown);
  if (["auth", "cancelled", "rate_limited", "bug"].includes(error.kind)) throw error;
  return error;
}
