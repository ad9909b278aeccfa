import { Refusal } from "../google/refusal.ts";
import type { Channels } from "./channels.ts";
import type { DriveFile, SharedDrive } from "./model.ts";
import type { Scene } from "./resources.ts";

/** Why a page token of changes is not taken any more, as different times and places have said it. */
export type Expiry = 400 | 404 | 410;

export interface Call extends Scene {
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  body: Buffer;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  scopes: readonly string[];
  /** Pages never hold more, whatever `pageSize` says. */
  pageCap: number;
  /** Exports above so many bytes are refused. */
  exportCap: number;
  expiry: Expiry;
  /** Lists over everything find only a part. */
  incomplete: boolean;
  /** List tokens that were given before are not good any more. */
  listEpoch: number;
  channels: Channels;
  /** Where downloads are led, if not answered here. */
  contentOrigin: string | undefined;
  sign(file: DriveFile): string;
}

export interface Route {
  method: "GET" | "POST";
  /** As the description names it. */
  template: string;
  query: readonly string[];
  /** The resource that it answers, for `fields`; undefined: bytes, or nothing. */
  answers?: string;
  /** Without `fields` it is refused. */
  wantsFields?: boolean;
  /** The description of metadata alone does not suffice. */
  content?: boolean;
  answer(call: Call): Reply;
}

export type Reply =
  | { json: Record<string, unknown> }
  | { bytes: Buffer; mime: string }
  | { location: string }
  | { nothing: true };

export function memberDrive({ world, asker }: Scene, id: string): SharedDrive {
  const drive = world.drives.get(id);
  if (drive === undefined || !world.isMember(asker, drive))
    throw new Refusal(404, "notFound", `Shared drive not found: ${id}`);
  return drive;
}

/** A file that the asker may read. What is shared by its address alone may want the key of its address as well. */
export function readable(call: Call, wantsFlag = true): DriveFile {
  const { world, asker, params, headers, query } = call;
  const id = params.fileId === "root" ? world.root(asker.email) : (params.fileId as string);
  const file = world.files.get(id);
  const keys = String(headers["x-goog-drive-resource-keys"] ?? "").split(",");
  const isKnown = file !== undefined && (world.isTheirs(asker, file) || file.driveId !== undefined);
  const isLocked = file?.resourceKey !== undefined && !isKnown && !keys.includes(`${id}/${file.resourceKey}`);
  const isBeyond = wantsFlag && file?.driveId !== undefined && query.get("supportsAllDrives") !== "true";
  if (file === undefined || isLocked || isBeyond || !world.canRead(asker, file))
    throw new Refusal(404, "notFound", `File not found: ${id}.`);
  return file;
}

export function mayReadContent({ scopes }: Pick<Call, "scopes">): void {
  const suffices = scopes.some((scope) => /auth\/drive(\.readonly|\.file)?$/.test(scope));
  if (!suffices)
    throw new Refusal(
      403,
      "insufficientPermissions",
      "Insufficient Permission: Request had insufficient authentication scopes.",
    );
}

export function page(call: Call, name: string, all: object[], usual: number, most = 100): Reply {
  const from = Number(call.query.get("pageToken") ?? 0);
  const size = pageSize(call, usual, most);
  const more = from + size < all.length;
  const kind = `drive#${name.replace(/s$/, "")}List`;
  return { json: { kind, ...(more && { nextPageToken: String(from + size) }), [name]: all.slice(from, from + size) } };
}

export function pageSize({ query, pageCap }: Call, usual: number, most: number): number {
  const asked = Number(query.get("pageSize") ?? usual);
  if (!(asked >= 1 && asked <= most))
    throw new Refusal(
      400,
      "invalidParameter",
      `Invalid value '${asked}'. Values must be within the range: [1, ${most}]`,
    );
  return Math.min(asked, pageCap);
}
