import { readFileSync, statSync } from "node:fs";
import { absolutePath } from "../absolute-path.ts";
import type { EarlyProvider, Expanded } from "./secret-provider.ts";

const LARGEST_BYTES = 64 * 1024;

/** `file:/path`: the whole file but for one line break at its end. */
export const secretFile: EarlyProvider = {
  prefix: "file:",
  form: "file:/path/to/secret",
  readNow: (rest, { folder }) => readSecretFile(rest, folder),
};

function readSecretFile(written: string, folder: string): Expanded {
  const path = absolutePath(written.replace(/^\/\/(?=\/)/, ""), folder);
  try {
    const facts = statSync(path);
    if (!facts.isFile()) return { problem: `names the secret file ${path}, which is not a file.` };
    if (facts.size > LARGEST_BYTES) return { problem: `names the secret file ${path}, which is larger than 64 KB.` };
    const text = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    return text === "" ? { problem: `names the secret file ${path}, which is empty.` } : { text };
  } catch (error) {
    const denied = (error as NodeJS.ErrnoException).code === "EACCES";
    return {
      problem: `names the secret file ${path}, which ${denied ? "may not be read by this user" : "does not exist"}.`,
    };
  }
}
