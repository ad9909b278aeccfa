import { Readable } from "node:stream";
import { z } from "zod";
import { ConnectorError, type Fetched, type HttpRequest } from "../kit/index.ts";
import { DOCS_ORIGIN, driveAddresses } from "./addresses.ts";
import { asking, type DriveContext, EVERYWHERE, type Place, resourceKeyHeader } from "./api.ts";
import { exportsOf, isGoogleFile, isReadable } from "./formats.ts";
import { plainMarkdown } from "./plain-markdown.ts";
import type { DriveFile } from "./schema.ts";

type Content = NonNullable<Fetched["content"]>;

const Links = z.object({ exportLinks: z.record(z.string(), z.string()).nullish() });
/** Google may refuse one format and give the next. */
const OTHERWISE: readonly string[] = ["too_large", "unsupported", "bad_response"];
const DOWNLOAD_MS = 10 * 60_000;

/** What stands in a file; undefined where nothing can be read of its kind. */
export async function contentOf(ctx: DriveContext, place: Place, file: DriveFile): Promise<Content | undefined> {
  const { config } = ctx;
  if (config.metadataOnly) return undefined;
  if (isGoogleFile(file.mimeType)) return exported(ctx, place, file);
  const size = Number(file.size ?? 0);
  if (!isReadable(file.mimeType, file.name) || size > config.maxFileSizeMb * 1e6) return undefined;
  const path = `/files/${encodeURIComponent(file.id)}`;
  const query = { ...EVERYWHERE, alt: "media", acknowledgeAbuse: false };
  return download(
    ctx,
    asking(place.realm, path, query, { headers: resourceKeyHeader(ctx, file.id) }),
    file.mimeType,
    file,
  );
}

/** In the best format that Google gives; what is above its 10 MB is asked for by the file's own link. */
async function exported(ctx: DriveContext, place: Place, file: DriveFile): Promise<Content | undefined> {
  let refused: unknown;
  for (const mime of exportsOf(file.mimeType, ctx.config.exportFormats)) {
    const path = `/files/${encodeURIComponent(file.id)}/export`;
    const request = asking(place.realm, path, { mimeType: mime }, { headers: resourceKeyHeader(ctx, file.id) });
    try {
      return await download(ctx, request, mime, file);
    } catch (thrown) {
      refused = foremost(refused, thrown);
    }
    if (ConnectorError.from(refused).kind !== "too_large") continue;
    const link = await linkOf(ctx, place, file, mime);
    if (link === undefined) continue;
    try {
      return await download(ctx, { url: link, ...(place.realm !== undefined && { realm: place.realm }) }, mime, file);
    } catch (thrown) {
      if (["cancelled", "auth", "rate_limited"].includes(ConnectorError.from(thrown).kind)) throw thrown;
    }
  }
  if (refused !== undefined) throw refused;
  return undefined;
}

/** The refusal to be told in the end: that it is too large says more than that the next format is none. */
function foremost(before: unknown, thrown: unknown): unknown {
  const { kind } = ConnectorError.from(thrown);
  if (!OTHERWISE.includes(kind)) throw thrown;
  return before !== undefined && ConnectorError.from(before).kind === "too_large" ? before : thrown;
}

/** Google's own link to a large export; one that leads anywhere else is not asked. */
async function linkOf(ctx: DriveContext, place: Place, file: DriveFile, mime: string): Promise<string | undefined> {
  const path = `/files/${encodeURIComponent(file.id)}`;
  const request = asking(
    place.realm,
    path,
    { ...EVERYWHERE, fields: "exportLinks" },
    { headers: resourceKeyHeader(ctx, file.id) },
  );
  const link = (await ctx.http.json(request, Links)).body.exportLinks?.[mime];
  if (link === undefined || !URL.canParse(link)) return undefined;
  const ours = [DOCS_ORIGIN, new URL(driveAddresses(ctx.config.baseUrl).api).origin];
  return ours.includes(new URL(link).origin) ? link : undefined;
}

async function download(ctx: DriveContext, request: HttpRequest, mime: string, file: DriveFile): Promise<Content> {
  const maxBytes = ctx.config.maxFileSizeMb * 1e6;
  const limits = { bucket: "download", maxBytes, timeoutMs: DOWNLOAD_MS };
  const name = nameWith(file.name, mime);
  if (mime === "text/markdown") {
    const { body } = await ctx.http.text({ ...request, ...limits });
    return { stream: Readable.from([Buffer.from(plainMarkdown(body))]), mime, name };
  }
  const { body } = await ctx.http.stream({ ...request, ...limits });
  return { stream: body, mime: mime === "application/vnd.google-apps.script+json" ? "application/json" : mime, name };
}

/** The format wins over an ending that is only part of a name: "Q3.pdf" may be a document of Google's. */
function nameWith(name: string, mime: string): string {
  const ending = ENDINGS[mime];
  return ending === undefined || name.toLowerCase().endsWith(ending) ? name : `${name}${ending}`;
}

const OFFICE = "application/vnd.openxmlformats-officedocument.";
const ENDINGS: Readonly<Record<string, string>> = {
  "text/markdown": ".md",
  "text/csv": ".csv",
  "text/html": ".html",
  "application/pdf": ".pdf",
  "application/rtf": ".rtf",
  [`${OFFICE}wordprocessingml.document`]: ".docx",
  [`${OFFICE}spreadsheetml.sheet`]: ".xlsx",
  [`${OFFICE}presentationml.presentation`]: ".pptx",
};
