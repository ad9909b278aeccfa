import { z } from "zod";
import { ConnectorError, type Entry } from "../kit/index.ts";
import { accessOfDrive } from "./access.ts";
import { idIn } from "./addresses.ts";
import { asking, type DriveContext, EVERYWHERE, findFile, type Place } from "./api.ts";
import { About, type Drive, type DriveFile, DriveList } from "./schema.ts";

/** Ids of the folders that the options narrow the source to; none: everything. */
export function chosenFolders({ config, source }: Pick<DriveContext, "config" | "source">): string[] {
  const written = [...(config.rootFolderId === "root" ? [] : [config.rootFolderId]), ...config.folderIds];
  return written.map((one) => {
    const id = idIn(one);
    if (id !== undefined) return id;
    throw new ConnectorError(
      "config",
      `"${one.slice(0, 100)}" of ${source} is neither the id nor the address of a folder.`,
      {
        hint: "Open the folder in the browser and copy the address: headwater config edit",
      },
    );
  });
}

/** Who is asked for: the people who are impersonated, or whoever the credential is. */
export function realmsOf({ config }: Pick<DriveContext, "config">): (string | undefined)[] {
  return config.impersonateUsers.length > 0 ? [...new Set(config.impersonateUsers)] : [undefined];
}

/** Places that the source follows now; each is remembered by its id. */
export async function* placesOf(ctx: DriveContext): AsyncGenerator<Place> {
  const met = new Map<string, Place>();
  for await (const place of everyPlace(ctx)) {
    if (met.has(place.id)) continue;
    met.set(place.id, place);
    ctx.api.places.set(place.id, place);
    yield place;
  }
  for (const id of ctx.api.places.keys()) if (!met.has(id)) ctx.api.places.delete(id);
}

async function* everyPlace(ctx: DriveContext): AsyncGenerator<Place> {
  ctx.api.roots.clear(); // a folder may have been hidden since, or moved into another drive
  const folders = chosenFolders(ctx);
  const wanted = folders.length === 0 ? undefined : await placesOfFolders(ctx, folders);
  for (const realm of realmsOf(ctx)) {
    const own = await accountOf(ctx, realm);
    if (own !== undefined && (wanted === undefined || wanted.has(""))) yield own;
    if (!ctx.config.includeSharedDrives || own === undefined) continue;
    for (const drive of await sharedDrives(ctx, realm))
      if (wanted?.has(drive.id) ?? isChosen(ctx, drive))
        yield { id: drive.id, name: drive.name, realm, email: own.email, isShared: true };
  }
}

/** Ids of the shared drives that folders lie in; the empty one stands for what lies in none. */
async function placesOfFolders(ctx: DriveContext, folders: string[]): Promise<Set<string>> {
  const found = await Promise.all(folders.map((id) => rootFolder(ctx, id)));
  const [first] = folders;
  if (found.every((folder) => folder === undefined) && first !== undefined)
    throw new ConnectorError(
      "not_found",
      `Google Drive shows ${ctx.source} no folder ${first}: it is not there, or not shared with you.`,
      {
        hint: `Open it in the browser as the same person, or share it with this account: headwater test ${ctx.source}`,
      },
    );
  return new Set(found.flatMap((folder) => (folder === undefined ? [] : [folder.driveId ?? ""])));
}

/** A folder that the options name; undefined where nobody may see it. */
export function rootFolder(ctx: DriveContext, id: string): Promise<DriveFile | undefined> {
  const known = ctx.api.roots.get(id);
  if (known !== undefined) return known;
  const asked = firstSeen(ctx, id);
  ctx.api.roots.set(id, asked);
  asked.catch(() => ctx.api.roots.delete(id));
  return asked;
}

async function firstSeen(ctx: DriveContext, id: string): Promise<DriveFile | undefined> {
  for (const realm of realmsOf(ctx)) {
    const folder = await findFile(ctx, realm, id);
    if (folder !== undefined) return folder;
  }
  return undefined;
}

function isChosen({ config }: DriveContext, { id, name }: Drive): boolean {
  const { sharedDrives } = config;
  return (
    sharedDrives.length === 0 ||
    sharedDrives.some((one) => one === id || idIn(one) === id || one.toLowerCase() === name.toLowerCase())
  );
}

const Root = z.object({ id: z.string().min(1) });

/** The person behind a credential and the folder that everything of theirs hangs from; undefined for people without a Drive. */
export async function accountOf(ctx: DriveContext, realm: string | undefined): Promise<Place | undefined> {
  const key = realm ?? "";
  const known = ctx.api.accounts.get(key);
  const asked = known ?? describeAccount(ctx, realm);
  ctx.api.accounts.set(key, asked);
  try {
    return await asked;
  } catch (thrown) {
    ctx.api.accounts.delete(key);
    const error = ConnectorError.from(thrown);
    // One person who left, or has no Drive, does not keep the others from being read.
    if (realm === undefined || !["auth", "not_found", "permission"].includes(error.kind)) throw thrown;
    if (ctx.config.impersonateUsers.length === 1) throw thrown;
    ctx.log.warn("person.skipped", { why: error.message });
    return undefined;
  }
}

async function describeAccount(ctx: DriveContext, realm: string | undefined): Promise<Place> {
  const about = asking(realm, "/about", {
    fields: "user(emailAddress,displayName,permissionId),storageQuota(limit,usage)",
  });
  const [{ body }, root] = await Promise.all([
    ctx.http.json(about, About),
    ctx.http.json(asking(realm, "/files/root", { ...EVERYWHERE, fields: "id" }), Root),
  ]);
  const email = body.user.emailAddress ?? body.user.displayName ?? body.user.permissionId;
  const name = realmsOf(ctx).length > 1 ? `My Drive of ${email}` : "My Drive";
  return { id: root.body.id, name, realm, email, isShared: false };
}

/** Shared drives that somebody is a member of, all pages of them. */
export async function sharedDrives(ctx: DriveContext, realm: string | undefined): Promise<Drive[]> {
  const { useDomainAdminAccess } = ctx.config;
  const query = {
    pageSize: 100,
    fields: "nextPageToken,drives(id,name)",
    ...(useDomainAdminAccess && { useDomainAdminAccess }),
  };
  const first = asking(realm, "/drives", query);
  const drives: Drive[] = [];
  for await (const { body } of ctx.http.pages(first, DriveList, ({ body }) => nextPage(first, body.nextPageToken)))
    drives.push(...body.drives);
  return drives;
}

/** The request that continues a list of Google's. */
export function nextPage(first: ReturnType<typeof asking>, token: string | null | undefined) {
  return token ? { ...first, query: { ...first.query, pageToken: token } } : undefined;
}

/** A place by the id of its container. Throws `not_found`. */
export async function placeById(ctx: DriveContext, id: string): Promise<Place> {
  const known = ctx.api.places.get(id);
  if (known !== undefined) return known;
  for await (const _ of placesOf(ctx)); // all of them: what lies in one must not be taken for another's
  const found = ctx.api.places.get(id);
  if (found !== undefined) return found;
  throw new ConnectorError("not_found", `${ctx.source} does not follow a drive with the id ${id.slice(0, 60)}.`, {
    hint: `See the drives: headwater list ${ctx.source}`,
  });
}

export async function* listPlaces(ctx: DriveContext): AsyncGenerator<Entry> {
  for await (const place of placesOf(ctx)) {
    const { id, name, isShared, email } = place;
    yield {
      id,
      name,
      holds: "items",
      kind: isShared ? "shared drive" : "drive",
      url: isShared ? `https://drive.google.com/drive/folders/${id}` : "https://drive.google.com/drive/my-drive",
      access: isShared ? await accessOfDrive(ctx, place) : { allow: [`user:${email}`] },
    };
  }
}
