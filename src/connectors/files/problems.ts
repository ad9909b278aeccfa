import { ConnectorError, type ErrorKind } from "../kit/index.ts";

type Explanation = { kind: ErrorKind; what: string; hint?: string };

const UNREACHABLE = [
  "EIO",
  "ESTALE",
  "ETIMEDOUT",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENOTCONN",
  "ENXIO",
  "ENODEV",
  "EREMOTEIO",
];

/** The code of a file system error, such as ENOENT; empty for anything else. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Whether a path is simply not there (any more). */
export function isGone(error: unknown): boolean {
  return codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
}

/** Whether this user may not look. */
export function isRefused(error: unknown): boolean {
  return codeOf(error) === "EACCES" || codeOf(error) === "EPERM";
}

/** Whether the drive as a whole stopped answering, or the process ran out of handles: worth waiting for. */
export function isPassing(error: unknown): boolean {
  return UNREACHABLE.includes(codeOf(error)) || codeOf(error) === "EMFILE" || codeOf(error) === "ENFILE";
}

/** A file system error about `what` (a quoted path) as a sentence with the next step. */
export function fileProblem(
  error: unknown,
  what: string,
  platform: NodeJS.Platform = process.platform,
): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const code = codeOf(error);
  const known = explain(code, platform);
  if (known === undefined)
    return new ConnectorError("bug", `${what} could not be read (${code || "no code"}).`, { cause: error });
  return new ConnectorError(known.kind, `${what} ${known.what}`, {
    ...(known.hint && { hint: known.hint }),
    cause: error,
  });
}

function explain(code: string, platform: NodeJS.Platform): Explanation | undefined {
  if (UNREACHABLE.includes(code))
    return {
      kind: "unavailable",
      what: "could not be read: the drive does not answer.",
      hint: "Check that the drive or network share is connected.",
    };
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return { kind: "not_found", what: "is not there." };
    case "EACCES":
    case "EPERM":
      return { kind: "permission", what: "may not be read by this user.", hint: permissionHint(platform) };
    case "ELOOP":
      return { kind: "unsupported", what: "is a symbolic link that leads in a circle or may not be followed." };
    case "ENAMETOOLONG":
      return {
        kind: "unsupported",
        what: "has a path too long for this system.",
        hint: "Shorten the names of its folders.",
      };
    case "EMFILE":
    case "ENFILE":
      return {
        kind: "unavailable",
        what: "could not be opened: too many files are open.",
        hint: "Raise the limit with: ulimit -n 4096",
      };
    case "EBUSY":
    case "EAGAIN":
    case "EDEADLK":
      return { kind: "unavailable", what: "is locked by another program." };
    case "EISDIR":
      return { kind: "unsupported", what: "is a folder." };
    case "EINVAL":
      return { kind: "unsupported", what: "has a name or content that this file system refuses." };
    default:
      return undefined;
  }
}

function permissionHint(platform: NodeJS.Platform): string {
  if (platform === "darwin")
    return "Open System Settings > Privacy & Security > Full Disk Access and allow the program that runs headwater (your terminal or AI client).";
  if (platform === "win32") return "Open the folder's Properties > Security and allow your user to read it.";
  return "Allow your user to read it, for example with: chmod -R u+rX <folder>, or leave it out with exclude.";
}
