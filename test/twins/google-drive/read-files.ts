import { Refusal } from "../google/refusal.ts";
import { type Call, mayReadContent, type Reply, readable } from "./call.ts";
import { FOLDER, isNative, SHORTCUT } from "./model.ts";
import { EXPORT_FORMATS, fileJson } from "./resources.ts";

export function getFile(call: Call): Reply {
  const file = readable(call);
  if (call.query.get("alt") !== "media") return { json: fileJson(call, file) };
  mayReadContent(call);
  if (isNative(file))
    throw new Refusal(
      403,
      "fileNotDownloadable",
      "Only files with binary content can be downloaded. Use Export with Docs Editors files.",
    );
  if (!file.canDownload) throw new Refusal(403, "cannotDownloadFile", "This file cannot be downloaded by the user.");
  if (file.abusive && call.query.get("acknowledgeAbuse") !== "true")
    throw new Refusal(
      403,
      "cannotDownloadAbusiveFile",
      "This file has been identified as malware or spam and cannot be downloaded.",
    );
  if (call.contentOrigin !== undefined) return { location: `${call.contentOrigin}${call.sign(file)}` };
  return { bytes: file.bytes, mime: file.mimeType };
}

export function exportFile(call: Call): Reply {
  const file = readable(call, false);
  const mime = call.query.get("mimeType") ?? "";
  if (!isNative(file) || [FOLDER, SHORTCUT].includes(file.mimeType))
    throw new Refusal(403, "fileNotExportable", "Export only supports Docs Editors files.");
  if (!file.canDownload) throw new Refusal(403, "cannotExportFile", "This file cannot be exported by the user.");
  const bytes = file.exports.get(mime);
  if (!EXPORT_FORMATS[file.mimeType]?.includes(mime) || bytes === undefined)
    throw new Refusal(400, "badRequest", "The requested conversion is not supported.");
  if (bytes.length > call.exportCap)
    throw new Refusal(403, "exportSizeLimitExceeded", "This file is too large to be exported.");
  return { bytes, mime };
}
