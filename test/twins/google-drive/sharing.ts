import { Refusal } from "../google/refusal.ts";
import { type Call, memberDrive, page, type Reply, readable } from "./call.ts";
import { commentJson, driveJson, permissionJson } from "./resources.ts";

export function listPermissions(call: Call): Reply {
  const { world, asker, params } = call;
  const drive = world.drives.get(params.fileId as string);
  if (drive !== undefined) {
    memberDrive(call, drive.id);
    return page(
      call,
      "permissions",
      drive.members.map((grant) => permissionJson(call, grant)),
      100,
    );
  }
  const file = readable(call);
  const role = world.roleOf(asker, file);
  if (file.driveId === undefined && (role === "reader" || role === "commenter"))
    throw new Refusal(
      403,
      "insufficientFilePermissions",
      "The user does not have sufficient permissions for this file.",
    );
  return page(
    call,
    "permissions",
    world.grants(file).map(({ grant }) => permissionJson(call, grant)),
    100,
  );
}

export function listComments(call: Call): Reply {
  const file = readable(call, false);
  const deleted = call.query.get("includeDeleted") === "true";
  const shown = file.comments
    .filter((comment) => deleted || !comment.deleted)
    .map((comment) => commentJson(call, comment));
  return page(call, "comments", shown, 100);
}

export function getComment(call: Call): Reply {
  const comment = readable(call, false).comments.find((one) => one.id === call.params.commentId && !one.deleted);
  if (comment === undefined) throw new Refusal(404, "notFound", `Comment not found: ${call.params.commentId}.`);
  return { json: commentJson(call, comment) };
}

export function listDrives(call: Call): Reply {
  const { world, asker, query } = call;
  const isAdmin = query.get("useDomainAdminAccess") === "true";
  if (isAdmin && !world.admins.has(asker.email))
    throw new Refusal(403, "insufficientFilePermissions", "The user is no administrator of the domain.");
  const shown = [...world.drives.values()].filter((drive) => isAdmin || world.isMember(asker, drive));
  return page(call, "drives", shown.map(driveJson), 10, 100);
}

export function getDrive(call: Call): Reply {
  return { json: driveJson(memberDrive(call, call.params.driveId as string)) };
}
