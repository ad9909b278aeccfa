import { closeSync, createReadStream, fstatSync, readSync } from "node:fs";
import { basename } from "node:path/posix";
import { Readable } from "node:stream";
import {
  ConnectorError,
  type Context,
  codeSpans,
  type Draft,
  decodeText,
  type Fetched,
  linksIn,
  withoutCode,
} from "../kit/index.ts";
import type { FilesApi } from "./api.ts";
import { canvasText } from "./canvas.ts";
import { quoted, safeParts } from "./ids.ts";
import { type InsideFile, openInside } from "./inside.ts";
import { type FileType, fileType } from "./kinds.ts";
import { draftOf, folderAddress, isReadable, versionOf, withBody } from "./listed.ts";
import { tagsIn } from "./markdown/tags.ts";
import { noteItem } from "./note-item.ts";
import { type FilesConfig, largestBytes } from "./options.ts";
import { isPlaceholder } from "./placeholder.ts";
import { relationsOf } from "./relations.ts";
import type { OpenRoot } from "./roots.ts";
import { tagsFit } from "./tag-filter.ts";
import { tooLargeToRead } from "./walk.ts";

/** Files up to this size are read in one go; larger ones are streamed. */
const AT_ONCE = 1_000_000;
const TRIES = 3;

/** Brings one file whole. Throws `usage`, `not_found`, `permission`, `too_large`, `unsupported`, `unavailable`. */
export async function fetchFile(ctx: Context<FilesConfig, FilesApi>, id: string): Promise<Fetched> {
  const { root, path: written } = ctx.api.place(id);
  const file = openAnyForm(root, written, ctx.config.followSymlinks);
  let handedOn = false;
  try {
    const { path, stats } = file;
    const type = assertTaken(root, file);
    const name = basename(path);
    const folder = path.slice(0, -name.length);
    const elsewhere = !ctx.config.downloadPlaceholders && isPlaceholder(stats);
    const draft = withBody(
      draftOf(root, folder, folderAddress(root, folder), name, type, stats),
      type,
      stats,
      largestBytes(ctx.config),
      elsewhere,
    );
    if (!isReadable(type) || elsewhere) return { item: draft };
    if (draft.body === undefined) throw tooLargeToRead(name, stats, ctx.config);
    if (ctx.config.hashContent === "always") draft.version = (await ctx.api.hashed(root, path, stats)) ?? draft.version;
    if (type.kind === "file" && stats.size > AT_ONCE) {
      handedOn = true;
      const stream = createReadStream("", { fd: file.fd, start: 0, end: stats.size - 1, signal: ctx.signal });
      return { item: draft, content: { stream, mime: type.mime, name } };
    }
    return await contentOf(ctx, root, path, type, draft, readQuiet(file, draft));
  } finally {
    if (!handedOn) closeSync(file.fd);
  }
}

async function contentOf(
  ctx: Context<FilesConfig, FilesApi>,
  root: OpenRoot,
  path: string,
  type: FileType,
  draft: Draft,
  bytes: Buffer,
): Promise<Fetched> {
  switch (type.kind) {
    case "note": {
      const { item, text } = noteItem(draft, decodeText(bytes), path, ctx.config, ctx.api.names(root));
      if (!tagsFit(ctx.config, "note", item.tags ?? [])) throw leftOut(path);
      return { item, content: { text } };
    }
    case "canvas": {
      const { text, warning } = canvasText(decodeText(bytes));
      const prose = withoutCode(text, codeSpans(text));
      draft.tags = tagsIn(prose);
      if (ctx.config.resolveLinks) draft.relations = relationsOf(linksIn(prose), path, ctx.api.names(root));
      if (warning !== undefined) draft.fields = { ...draft.fields, warning };
      return { item: draft, content: { text } };
    }
    case "base":
      return { item: draft, content: { text: decodeText(bytes) } };
    default:
      return { item: draft, content: { stream: Readable.from([bytes]), mime: type.mime, name: basename(path) } };
  }
}

const ASCII = /^[\0-\x7f]*$/;

/** The same name may be written in another Unicode form than the disk has it; both mean the same file. */
function openAnyForm(root: OpenRoot, path: string, follow: boolean): InsideFile {
  if (ASCII.test(path)) return openInside(root, path, follow);
  const forms = [...new Set([path, path.normalize("NFC"), path.normalize("NFD")])];
  for (const form of forms.slice(0, -1)) {
    try {
      return openInside(root, form, follow);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind !== "not_found") throw error;
    }
  }
  return openInside(root, forms.at(-1) as string, follow);
}

/** What the options leave out stays out, whoever asks: hidden files, settings of .git and .obsidian, excluded folders. */
function assertTaken(root: OpenRoot, file: InsideFile): FileType {
  for (const path of file.real === file.path ? [file.path] : [file.path, file.real]) {
    const parts = safeParts(path);
    if (root.selection.takes(parts, fileType(parts.at(-1) as string))) continue;
    throw leftOut(path);
  }
  return fileType(basename(file.path));
}

function leftOut(path: string): ConnectorError {
  return new ConnectorError("not_found", `${quoted(path)} is not among the files that this source covers.`, {
    hint: "Its options (include, exclude, includeHidden, includeAttachments, tags) or an ignore file leave it out.",
  });
}

/** The bytes of a file that did not change while they were read. */
function readQuiet(file: InsideFile, draft: Draft): Buffer {
  let before = file.stats;
  for (let attempt = 1; ; attempt++) {
    const bytes = readWhole(file.fd, before.size);
    const after = fstatSync(file.fd);
    if (versionOf(before) === versionOf(after) || attempt === TRIES) {
      // What was read belongs to the version before it, so that a later edit is met again.
      if (versionOf(before) !== versionOf(file.stats)) draft.version = versionOf(before);
      return bytes;
    }
    before = after;
  }
}

function readWhole(fd: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const read = readSync(fd, bytes, length, size - length, length);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}
