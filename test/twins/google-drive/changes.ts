import { Refusal } from "../google/refusal.ts";
import { type Call, memberDrive, pageSize, type Reply } from "./call.ts";
import { driveJson, fileJson } from "./resources.ts";

export function startToken(call: Call): Reply {
  const drive = call.query.get("driveId");
  if (drive !== null) memberDrive(call, drive);
  return { json: { kind: "drive#startPageToken", startPageToken: String(call.world.seq) } };
}

export function listChanges(call: Call): Reply {
  const { world, query, asker } = call;
  const token = query.get("pageToken") ?? "";
  const from = Number(token);
  if (!/^\d+$/.test(token) || from > world.seq) throw new Refusal(400, "invalid", "Invalid Value");
  if (from < world.forgotten)
    throw new Refusal(call.expiry, call.expiry === 400 ? "invalid" : "notFound", "Page token is no longer valid.");
  const driveId = query.get("driveId");
  if (driveId !== null) memberDrive(call, driveId);
  const everywhere = query.get("includeItemsFromAllDrives") === "true";
  const latest = new Map<string, (typeof world.log)[number]>();
  for (const entry of world.log) {
    if (entry.seq < from) continue;
    const concerns =
      driveId === null
        ? entry.heard.has(asker.email) && (everywhere || entry.drives.size === 0)
        : entry.drives.has(driveId);
    if (!concerns) continue;
    latest.delete(entry.key);
    latest.set(entry.key, entry);
  }
  const rest = [...latest.values()];
  const part = rest.slice(0, pageSize(call, 100, 1000));
  const more = rest.length > part.length;
  const next = more
    ? { nextPageToken: String((part.at(-1)?.seq as number) + 1) }
    : { newStartPageToken: String(world.seq) };
  return {
    json: { kind: "drive#changeList", ...next, changes: part.map((entry) => changeJson(call, entry, driveId)) },
  };
}

function changeJson(call: Call, entry: Call["world"]["log"][number], log: string | null): Record<string, unknown> {
  const { world, asker } = call;
  const { time, fileId, driveId } = entry;
  if (fileId === undefined) {
    const drive = world.drives.get(driveId as string);
    const removed = drive === undefined || !world.isMember(asker, drive);
    const about = { kind: "drive#change", changeType: "drive", time, removed, driveId };
    return removed ? about : { ...about, drive: driveJson(drive) };
  }
  const file = world.files.get(fileId);
  const gone = file === undefined || !world.canRead(asker, file) || (log !== null && file.driveId !== log);
  const about = { kind: "drive#change", changeType: "file", time, removed: gone, fileId };
  return gone ? about : { ...about, file: fileJson(call, file) };
}

export function watchChanges(call: Call): Reply {
  const asked = JSON.parse(call.body.toString()) as Record<string, string>;
  const token = call.query.get("pageToken");
  if (token === null) throw new Refusal(400, "required", "Required parameter: pageToken");
  const drive = call.query.get("driveId") ?? undefined;
  if (drive !== undefined) memberDrive(call, drive);
  return { json: call.channels.open(asked, call.asker.email, drive, call.origin) };
}

export function stopChannel(call: Call): Reply {
  const asked = JSON.parse(call.body.toString()) as Record<string, string>;
  call.channels.stop(asked.id ?? "", asked.resourceId ?? "");
  return { nothing: true };
}
