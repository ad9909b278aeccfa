import { ConnectorError, type ErrorKind } from "../model/index.ts";

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A file's name as it may stand in a sentence: last path segment, no control characters, at most 80 characters. */
export function shown(name: string): string {
  const last = name.slice(-2000).split(/[\\/]/).pop() ?? "";
  const clean = last.replace(CONTROL, "").trim();
  if (clean === "") return "The file";
  const characters = [...clean];
  return characters.length <= 80 ? `"${clean}"` : `"${characters.slice(0, 79).join("")}…"`;
}

/** A refusal of one document: what is wrong with it, and what to do. */
export function refusal(kind: ErrorKind, name: string, problem: string, hint: string, cause?: unknown): ConnectorError {
  return new ConnectorError(kind, `${shown(name)} ${problem}`, { hint, cause });
}

/** The refusal of bytes that break their own format's rules. */
export function corrupt(name: string, format: string, detail: string, cause?: unknown): ConnectorError {
  return refusal(
    "bad_response",
    name,
    `is not a readable ${format}: ${detail}.`,
    "Open the file in its own application, save it again, and sync once more.",
    cause,
  );
}

/** The refusal of a document that would grow beyond its bounds. */
export function tooLarge(name: string, detail: string): ConnectorError {
  return refusal(
    "too_large",
    name,
    `was not read: ${detail}.`,
    "Split or shrink the file, or leave it out with the source's exclude patterns.",
  );
}
