import { createHash } from "node:crypto";
import { Refusal } from "../google/refusal.ts";
import { type Call, memberDrive, pageSize, type Reply } from "./call.ts";
import type { DriveFile } from "./model.ts";
import { parseQuery } from "./query.ts";
import { fileJson } from "./resources.ts";

export function listFiles(call: Call): Reply {
  const { world, query, asker } = call;
  const q = query.get("q");
  const test = q === null ? () => true : parseQuery(q, world, asker);
  const found = corpus(call)
    .filter((file) => !world.isRoot(file.id) && test(file))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const given = new URLSearchParams([...query].filter(([name]) => name !== "pageToken" && name !== "fields"));
  const seal = createHash("sha256").update(`${given} ${call.listEpoch}`).digest("hex").slice(0, 12);
  const [of = "", after = ""] = Buffer.from(query.get("pageToken") ?? "", "base64url")
    .toString()
    .split("|");
  if (query.has("pageToken") && of !== seal) throw new Refusal(400, "invalid", "Invalid Value");
  const rest = found.filter((file) => keyOf(file) > after);
  const part = rest.slice(0, pageSize(call, 100, 1000));
  const last = part.at(-1);
  const more = rest.length > part.length && last !== undefined;
  const token = more ? { nextPageToken: Buffer.from(`${seal}|${keyOf(last)}`).toString("base64url") } : {};
  const incompleteSearch = call.incomplete && ["allDrives", "domain"].includes(query.get("corpora") ?? "");
  return {
    json: { kind: "drive#fileList", ...token, incompleteSearch, files: part.map((file) => fileJson(call, file)) },
  };
}

function keyOf(file: DriveFile): string {
  return `${file.modifiedTime} ${file.id}`;
}

function corpus(call: Call): DriveFile[] {
  const { world, query, asker } = call;
  const files = [...world.files.values()];
  const everywhere = query.get("supportsAllDrives") === "true" && query.get("includeItemsFromAllDrives") === "true";
  const q = query.get("q") ?? "";
  switch (query.get("corpora") ?? "user") {
    case "drive": {
      if (!everywhere)
        throw new Refusal(
          403,
          "teamDrivesParentLimit",
          "includeItemsFromAllDrives and supportsAllDrives are required.",
        );
      const drive = memberDrive(call, query.get("driveId") ?? "");
      return files.filter((file) => file.driveId === drive.id && world.canRead(asker, file));
    }
    case "domain":
      return files.filter((file) =>
        file.grants.some((one) => one.type === "domain" && one.domain === asker.domain && one.discoverable),
      );
    case "allDrives":
      if (!everywhere)
        throw new Refusal(403, "invalid", "includeItemsFromAllDrives and supportsAllDrives are required.");
      return files.filter(
        (file) => world.isTheirs(asker, file) || (file.driveId !== undefined && world.canRead(asker, file)),
      );
    case "user":
      // What lies in a folder is found there by everybody who may read it.
      if (/ in parents/.test(q))
        return files.filter((file) => (everywhere || !file.driveId) && world.canRead(asker, file));
      return files.filter((file) => (everywhere || !file.driveId) && world.isTheirs(asker, file));
    default:
      throw new Refusal(400, "invalid", "Invalid Value");
  }
}
