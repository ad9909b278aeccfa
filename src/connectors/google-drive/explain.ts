import { type Explanation, explainGoogle, googleReason, type HttpFailure } from "../kit/index.ts";
import { ENABLE_DRIVE } from "./addresses.ts";

/** Drive's refusals in our words. https://developers.google.com/workspace/drive/api/guides/handle-errors, 2026-11. */
export function explain(failure: HttpFailure): Explanation | undefined {
  switch (googleReason(failure)) {
    case "exportSizeLimitExceeded":
      return {
        kind: "too_large",
        message: "Google exports at most 10 MB of a file, and this one is larger.",
        hint: "It is found by its name. Split it, or choose a smaller format under exportFormats.",
      };
    case "cannotExportFile":
    case "cannotDownloadFile":
    case "fileOwnerNotMemberOfWriterDomain":
    case "cannotCopyFile":
      return {
        kind: "unsupported",
        message: "Its owner has switched off downloading, printing and copying for readers.",
        hint: "It is found by its name. Its owner can allow it in the sharing settings.",
      };
    case "fileNotDownloadable":
    case "fileNotExportable":
      return { kind: "unsupported", message: "Google gives no text of this kind of file." };
    case "cannotDownloadAbusiveFile":
      return { kind: "unsupported", message: "Google takes this file for malware or spam and does not hand it out." };
    case "teamDriveMembershipRequired":
      return {
        kind: "permission",
        message: "Only members of this shared drive may read it.",
        hint: "A manager of the drive can add you: Manage members.",
      };
    case "appNotAuthorizedToFile":
      return {
        kind: "permission",
        message: "The login only includes files that were made or opened with this client.",
        hint: "Log in again with the right to see all files (drive.readonly).",
      };
    case "insufficientFilePermissions":
      return { kind: "permission", message: "You may read this file, but not see who else can." };
    case "badRequest":
      if (failure.path.endsWith("/export"))
        return { kind: "unsupported", message: "Google does not export this file in that format." };
      return undefined;
    default:
      return explainGoogle(failure, { service: "the Google Drive API", enable: ENABLE_DRIVE });
  }
}
