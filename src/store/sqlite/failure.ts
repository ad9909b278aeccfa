import { ConnectorError } from "../../model/errors.ts";

const REPAIR =
  "Mend it with `headwater doctor --repair`, then `headwater sync`. Nothing is lost in your sources, and the damaged file is kept.";

/** The error of a store whose file is damaged: it can perhaps still be read, and is not written to any more. */
export function damaged(cause?: unknown): ConnectorError {
  return new ConnectorError("store", "The store's file is damaged.", { hint: REPAIR, cause });
}

/** SQLite's own name of a failure, "SQLITE_BUSY", without the extended part; undefined when it is not SQLite's. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, errcode } = error as Error & { code?: unknown; errcode?: unknown };
  if (typeof errcode === "number") return CODES[errcode & 0xff] ?? "SQLITE_ERROR";
  if (typeof code !== "string" || !code.startsWith("SQLITE_")) return undefined;
  return code.split("_").slice(0, 2).join("_");
}

// https://www.sqlite.org/rescode.html, read 2026-11-21.
const CODES: Record<number, string> = {
  1: "SQLITE_ERROR",
  5: "SQLITE_BUSY",
  6: "SQLITE_LOCKED",
  8: "SQLITE_READONLY",
  10: "SQLITE_IOERR",
  11: "SQLITE_CORRUPT",
  13: "SQLITE_FULL",
  14: "SQLITE_CANTOPEN",
  26: "SQLITE_NOTADB",
};

/** What SQLite says of tables that are not as they were made: the file's header or its list of tables is damaged. */
const NOT_AS_MADE = /unsupported file format|malformed|already exists|no such (table|column)|text encoding/;

/** Whether an error of SQLite can only come from a damaged file. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code === "SQLITE_ERROR") return NOT_AS_MADE.test((error as Error).message);
  return code === "SQLITE_CORRUPT" || code === "SQLITE_NOTADB";
}

/** Any error of the database in our words. */
export function storeError(error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const code = sqliteCode(error);
  if (isDamage(error)) return damaged(error);
  const say = (message: string, hint: string) => new ConnectorError("store", message, { hint, cause: error });
  switch (code) {
    case undefined:
      return isFileError(error)
        ? say("The data folder cannot be used.", "Check that it exists, belongs to this user and has space left.")
        : ConnectorError.from(error);
    case "SQLITE_FULL":
      return say("The disk is full: nothing of this page was stored.", "Free some space and sync again; it goes on.");
    case "SQLITE_IOERR":
      return say("The disk failed while the store was used.", "Check the disk's space and health, then sync again.");
    case "SQLITE_READONLY":
      return say("The store's file may not be written.", "Give this user the right to write to the data folder.");
    case "SQLITE_CANTOPEN":
      return say("The store's file cannot be opened.", "Check that the data folder exists and belongs to this user.");
    case "SQLITE_BUSY":
    case "SQLITE_LOCKED":
      return say("Another process kept the store busy for a minute.", "Try again; `headwater status` shows what runs.");
    default:
      return new ConnectorError("bug", "Unexpected failure of the store.", { cause: error });
  }
}

/** An error of Node's own file functions: they alone name the system call. */
function isFileError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "code" in error;
}
