import { z } from "zod";
import { ConnectorError, type TestAnswer } from "../kit/index.ts";
import { asking, type DriveContext, EVERYWHERE } from "./api.ts";
import { corpusOf } from "./corpus.ts";
import { FOLDER, SHORTCUT } from "./formats.ts";
import { accountOf, chosenFolders, placesOf, realmsOf, rootFolder, sharedDrives } from "./places.ts";
import { About } from "./schema.ts";

const SAMPLE = `mimeType != '${FOLDER}' and mimeType != '${SHORTCUT}' and trashed = false`;
const Some = z.object({ files: z.array(z.object({ id: z.string() })).default([]) });
const MOST_NAMED = 10;

interface Findings extends Required<TestAnswer> {
  granted: string[];
  missing: { what: string; why: string; how: string }[];
  warnings: string[];
  limits: string[];
}

/** Who the credential is, what it may read, what it may not and how to change that. */
export async function testAccount(ctx: DriveContext): Promise<TestAnswer> {
  const found: Findings = { account: "", granted: [], missing: [], warnings: [], limits: [] };
  ctx.api.roots.clear();
  await describePeople(ctx, found);
  await describeFolders(ctx, found);
  const names: string[] = [];
  for await (const place of placesOf(ctx))
    names.push(place.isShared ? `shared drive ${place.name}` : ownName(ctx, place.name));
  found.granted.push(...names.slice(0, MOST_NAMED));
  if (names.length > MOST_NAMED) found.granted.push(`${names.length - MOST_NAMED} more drives`);
  await describeDrives(ctx, found);
  await probeContent(ctx, found);
  const { webhookUrl, webhookSecret } = ctx.config;
  if ((webhookUrl === undefined) !== (webhookSecret === undefined))
    found.warnings.push("For changes at once, both webhookUrl and webhookSecret are needed.");
  return found;
}

function ownName({ config }: DriveContext, name: string): string {
  const folders = config.folderIds.length > 0 || config.rootFolderId !== "root";
  if (folders) return `${name}: the folders that the options name`;
  return config.includeShared ? `${name}, and what others share with it` : name;
}

async function describePeople(ctx: DriveContext, found: Findings): Promise<void> {
  const people: string[] = [];
  for (const realm of realmsOf(ctx)) {
    try {
      const { user, storageQuota } = (
        await ctx.http.json(
          asking(realm, "/about", { fields: "user(emailAddress,displayName,permissionId),storageQuota(limit,usage)" }),
          About,
        )
      ).body;
      people.push(
        user.displayName && user.emailAddress
          ? `${user.displayName} <${user.emailAddress}>`
          : (user.emailAddress ?? user.permissionId),
      );
      if (realm === undefined && user.emailAddress?.endsWith(".gserviceaccount.com") && storageQuota?.usage === "0")
        found.warnings.push(
          `This is the service account's own Drive, which is empty. Share folders with ${user.emailAddress}, or name a person in impersonateUser.`,
        );
    } catch (thrown) {
      const error = ConnectorError.from(thrown);
      if (realm === undefined || realmsOf(ctx).length === 1) throw thrown;
      found.missing.push({
        what: `The Drive of ${realm}`,
        why: error.message,
        how: error.hint ?? "Check the address.",
      });
    }
  }
  if (people.length === 0)
    throw new ConnectorError("auth", found.missing[0]?.why ?? "Nobody's Drive can be read.", {
      hint: found.missing[0]?.how ?? "",
    });
  found.account =
    people.length > 3 ? `${people.slice(0, 3).join(", ")} and ${people.length - 3} more` : people.join(", ");
}

async function describeFolders(ctx: DriveContext, found: Findings): Promise<void> {
  for (const id of chosenFolders(ctx)) {
    const folder = await rootFolder(ctx, id);
    if (folder === undefined)
      found.missing.push({
        what: `The folder ${id}`,
        why: "It is not there, or not shared with this account.",
        how: "Share it with the account above as a viewer, or take it out of folderIds.",
      });
    else found.granted.push(`folder ${folder.name}${folder.trashed ? " (in the bin)" : ""}`);
  }
}

/** Names of shared drives that lead nowhere. */
async function describeDrives(ctx: DriveContext, found: Findings): Promise<void> {
  if (!ctx.config.includeSharedDrives || ctx.config.sharedDrives.length === 0) return;
  const there: string[] = [];
  for (const realm of realmsOf(ctx))
    if (await accountOf(ctx, realm))
      for (const drive of await sharedDrives(ctx, realm)) there.push(drive.id, drive.name.toLowerCase());
  for (const name of ctx.config.sharedDrives)
    if (!there.includes(name) && !there.includes(name.toLowerCase()) && !there.some((id) => name.includes(id)))
      found.missing.push({
        what: `The shared drive ${name}`,
        why: "There is no such drive, or this account is no member of it.",
        how: "A manager of the drive can add it: Manage members. Or correct sharedDrives.",
      });
}

/** Whether files may be read and not only their names: one small question about one file tells. */
async function probeContent(ctx: DriveContext, found: Findings): Promise<void> {
  if (ctx.config.metadataOnly) {
    found.warnings.push("Only names, places and people are read, because metadataOnly is set.");
    return;
  }
  for await (const place of placesOf(ctx)) {
    const query = { ...corpusOf(place), ...EVERYWHERE, q: SAMPLE, pageSize: 1, fields: "files(id)" };
    const [file] = (await ctx.http.json(asking(place.realm, "/files", query), Some)).body.files;
    if (file === undefined) continue;
    const path = `/files/${encodeURIComponent(file.id)}/comments`;
    try {
      await ctx.http.json(asking(place.realm, path, { pageSize: 1, fields: "comments(id)" }), z.unknown());
    } catch (thrown) {
      const error = ConnectorError.from(thrown);
      if (error.kind !== "permission") return;
      if (!error.message.startsWith("The login")) return; // of this file alone
      found.missing.push({
        what: "What stands in files",
        why: "The login only includes the right to see their names.",
        how: error.hint ?? "Log in again with drive.readonly.",
      });
    }
    return;
  }
}
