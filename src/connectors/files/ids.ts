import { ConnectorError } from "../kit/index.ts";

const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/** A path in a sentence: quoted, and without characters that would break a line or a terminal. */
export function quoted(path: string): string {
  return JSON.stringify(path).replace(/[\u007f-\u009f\u2028\u2029]/g, " ");
}

/**
 * The parts of a path relative to a root, with `/` between them. Everything that reaches the file system from an id
 * passes here first. Throws `usage` for whatever could lead out of the root: absolute paths, `..`, NUL, UNC and
 * device paths, and on Windows drive letters, alternate streams and reserved names.
 */
export function safeParts(path: string, platform: NodeJS.Platform = process.platform): string[] {
  const parts = path.split("/");
  const reason = unsafe(path, parts, platform);
  if (reason === undefined) return parts;
  throw new ConnectorError("usage", `${quoted(path.slice(0, 200))} is not a path inside this source: ${reason}.`, {
    hint: "Use an id as search or list shows it: relative, with / between folders.",
  });
}

function unsafe(path: string, parts: readonly string[], platform: NodeJS.Platform): string | undefined {
  if (path === "") return "it is empty";
  if (path.length > 8192) return "it is too long";
  if (path.includes("\0")) return "it holds a NUL character";
  if (path.startsWith("/") || path.startsWith("\\\\") || path.startsWith("~/")) return "it is absolute";
  if (parts.some((part) => part === "" || part === "." || part === "..")) return "it holds an empty, . or .. part";
  if (path.includes("\\") && path.split(/[\\/]/).includes("..")) return "it holds a .. part";
  return platform === "win32" ? unsafeOnWindows(path, parts) : undefined;
}

function unsafeOnWindows(path: string, parts: readonly string[]): string | undefined {
  if (path.includes("\\")) return "it holds a backslash; write / instead";
  if (path.includes(":")) return "it names a drive or an alternate stream";
  if (parts.some((part) => WINDOWS_DEVICE.test(part))) return "it names a device";
  if (parts.some((part) => /[. ]$/.test(part))) return "a part ends with a dot or a space";
  return undefined;
}
