import { createHash } from "node:crypto";
import { z } from "zod";
import { ConnectorError, type Context, type HttpRequest } from "../kit/index.ts";
import type { DriveConfig } from "./options.ts";
import { DriveFile, FILE_FIELDS } from "./schema.ts";

export type DriveContext = Context<DriveConfig, DriveApi>;

/** One feed of Drive: what one person sees (without shared drives), or one shared drive. */
export interface Place {
  /** The id of its root folder, or of the shared drive. */
  id: string;
  name: string;
  /** Whose credential reads it; undefined: the only one there is. */
  realm: string | undefined;
  /** Of the person who reads. */
  email: string;
  isShared: boolean;
}

/** What the parts of the connector share while a source is open. */
export class DriveApi {
  /** The places as they were last listed, by id. */
  readonly places = new Map<string, Place>();
  /** Accounts by realm: they do not change while a source is open. */
  readonly accounts = new Map<string, Promise<Place>>();
  /** Keys of files that are shared by their address only. */
  readonly resourceKeys = new Map<string, string>();
  /** Which place folders of the options lie in. */
  readonly roots = new Map<string, Promise<DriveFile | undefined>>();
}

export const EVERYWHERE = { supportsAllDrives: true } as const;

/** A request below `/drive/v3` on somebody's behalf. */
export function asking(
  realm: string | undefined,
  path: string,
  query: HttpRequest["query"] = {},
  more: Partial<HttpRequest> = {},
): HttpRequest {
  return { url: `/drive/v3${path}`, query, ...(realm !== undefined && { realm }), ...more };
}

/** One file as it is now. Throws `not_found` for what is not there or not to be seen. */
export async function getFile(ctx: DriveContext, realm: string | undefined, id: string): Promise<DriveFile> {
  const path = `/files/${encodeURIComponent(id)}`;
  const headers = resourceKeyHeader(ctx, id);
  const answer = await ctx.http.json(
    asking(realm, path, { ...EVERYWHERE, fields: FILE_FIELDS }, { headers }),
    DriveFile,
  );
  return remembered(ctx, answer.body);
}

/** As `getFile`; undefined where it is not there or not to be seen. */
export async function findFile(
  ctx: DriveContext,
  realm: string | undefined,
  id: string,
): Promise<DriveFile | undefined> {
  try {
    return await getFile(ctx, realm, id);
  } catch (thrown) {
    if (isHidden(thrown)) return undefined;
    throw thrown;
  }
}

export function isHidden(thrown: unknown): boolean {
  const { kind } = ConnectorError.from(thrown);
  return kind === "not_found" || kind === "permission";
}

/** For files that only their whole address opens. */
export function resourceKeyHeader(ctx: DriveContext, id: string): Record<string, string> {
  const key = ctx.api.resourceKeys.get(id);
  return key === undefined ? {} : { "x-goog-drive-resource-keys": `${id}/${key}` };
}

/** Keeps the key that a file or a shortcut tells. */
export function remembered(ctx: DriveContext, file: DriveFile): DriveFile {
  const { resourceKeys } = ctx.api;
  if (resourceKeys.size > 10_000) resourceKeys.clear();
  if (file.resourceKey) resourceKeys.set(file.id, file.resourceKey);
  const target = file.shortcutDetails;
  if (target?.targetResourceKey) resourceKeys.set(target.targetId, target.targetResourceKey);
  return file;
}

const Broken = z.object({ id: z.string().min(1) });

/** The files of a page that are what they should be, and the others by their id. */
export function checkFiles(
  ctx: DriveContext,
  entries: readonly unknown[],
): { files: DriveFile[]; failures: { id: string; error: ConnectorError }[] } {
  const files: DriveFile[] = [];
  const failures: { id: string; error: ConnectorError }[] = [];
  for (const entry of entries) {
    const parsed = DriveFile.safeParse(entry);
    if (parsed.success) files.push(remembered(ctx, parsed.data));
    else failures.push({ id: Broken.safeParse(entry).data?.id ?? "", error: unusable(parsed.error) });
  }
  const nameless = failures.find(({ id }) => id === "");
  if (nameless !== undefined || (files.length === 0 && failures.length > 1)) throw (nameless ?? failures[0])?.error;
  return { files, failures };
}

function unusable(error: z.ZodError): ConnectorError {
  const field = error.issues[0]?.path.join(".") || "answer";
  return new ConnectorError("bad_response", `Google Drive's answer has an unusable "${field}".`, { cause: error });
}

/** Short and stable, for versions. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 16);
}
