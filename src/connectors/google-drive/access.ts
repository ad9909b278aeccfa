import { z } from "zod";
import { ConnectorError, type Entry } from "../kit/index.ts";
import { asking, type DriveContext, EVERYWHERE, type Place } from "./api.ts";
import type { FolderTree } from "./folders.ts";
import { type DriveFile, PERMISSION_FIELDS, Permission } from "./schema.ts";

type Access = NonNullable<Entry["access"]>;
const PermissionList = z.object({ nextPageToken: z.string().nullish(), permissions: z.array(Permission).default([]) });

/** Who may read: people, groups and whole organizations. What only its address opens is open to nobody more. */
export function accessFrom(permissions: readonly Permission[], now: Date): Access {
  const allow: string[] = [];
  for (const one of permissions) {
    if (one.deleted || one.view || (one.expirationTime && Date.parse(one.expirationTime) <= now.getTime())) continue;
    if (one.type === "anyone" && one.allowFileDiscovery) return "everyone";
    if (one.type === "user" && one.emailAddress) allow.push(`user:${one.emailAddress}`);
    if (one.type === "group" && one.emailAddress) allow.push(`group:${one.emailAddress}`);
    if (one.type === "domain" && one.domain) allow.push(`group:${one.domain}`);
  }
  return { allow: [...new Set(allow)].sort() };
}

/** Members of a shared drive. What cannot be found out never widens it: then only whoever asked may read. */
export async function accessOfDrive(ctx: DriveContext, place: Place): Promise<Access> {
  return (await listed(ctx, place, place.id)) ?? { allow: [`user:${place.email}`] };
}

/**
 * Who may read a file. In one's own Drive the file tells it to those who may share it; else it is its owners and whoever
 * asked. In a shared drive the members may, unless the file or a folder above it says otherwise.
 */
export async function accessOf(
  ctx: DriveContext,
  place: Place,
  file: DriveFile,
  tree: FolderTree,
): Promise<Access | undefined> {
  if (!file.driveId) {
    if (file.permissions) return withAsker(accessFrom(file.permissions, ctx.clock.now()), place);
    const owners = (file.owners ?? []).flatMap(({ emailAddress }) => (emailAddress ? [`user:${emailAddress}`] : []));
    return withAsker({ allow: owners }, place);
  }
  const special = await tree.nearestOwnAccess(file);
  const elsewhere = place.isShared && file.driveId === place.id ? undefined : { allow: [`user:${place.email}`] };
  if (special === undefined) return elsewhere;
  const known = tree.access.get(special) ?? listed(ctx, place, special);
  tree.access.set(special, known);
  return (await known) ?? { allow: [`user:${place.email}`] };
}

/** Through a group that nobody can look into, they still see what they were shown. */
function withAsker(access: Access, { email }: Place): Access {
  if (access === "everyone" || access.allow.includes(`user:${email}`)) return access;
  return { allow: [...access.allow, `user:${email}`].sort() };
}

async function listed(ctx: DriveContext, place: Place, id: string): Promise<Access | undefined> {
  const query = { ...EVERYWHERE, pageSize: 100, fields: `nextPageToken,permissions(${PERMISSION_FIELDS})` };
  const first = asking(place.realm, `/files/${encodeURIComponent(id)}/permissions`, query);
  try {
    const permissions: Permission[] = [];
    const next = (token: string | null | undefined) =>
      token ? { ...first, query: { ...query, pageToken: token } } : undefined;
    for await (const { body } of ctx.http.pages(first, PermissionList, ({ body }) => next(body.nextPageToken)))
      permissions.push(...body.permissions);
    return accessFrom(permissions, ctx.clock.now());
  } catch (thrown) {
    const { kind } = ConnectorError.from(thrown);
    if (kind !== "permission" && kind !== "not_found") throw thrown;
    return undefined;
  }
}
