import { plainLine, plainText } from "../sources/plain-text.ts";
import { maskKnownSecrets, maskSecrets } from "../sources/secret.ts";

/** How words are made to stand out; the words alone where colours are not wanted. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

/** Where a command speaks: answers to standard output, everything else to standard error. */
export interface Terminal {
  /** A person is reading: bars and colours make sense. */
  readonly isLive: boolean;
  /** Columns of the terminal that the answer goes to; without end where it goes elsewhere, for scripts want whole lines. */
  readonly columns: number;
  readonly style: Style;
  /** Lines of the answer. Not called with `--json`. */
  line(text?: string): void;
  /** The answer as one JSON document. */
  json(value: unknown): void;
  /** Raw answer text with back pressure, for long outputs. */
  write(text: string): Promise<void>;
  /** A remark beside the answer. */
  note(text: string): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Nothing is laid out for less. */
const NARROWEST = 40;

export function openTerminal(quiet: boolean, env: Environment = process.env): Terminal {
  const { stdout, stderr } = process;
  return {
    isLive: stderr.isTTY === true && env.CI === undefined && env.TERM !== "dumb",
    columns: stdout.isTTY === true ? Math.max(NARROWEST, stdout.columns || 80) : Number.POSITIVE_INFINITY,
    style: styleFor(coloursWanted(stdout.isTTY === true, env)),
    line: (text = "") => void stdout.write(`${maskKnownSecrets(text)}\n`),
    json: (value) => void stdout.write(`${maskKnownSecrets(jsonText(value, 2))}\n`),
    write: (text) =>
      new Promise((resolve, reject) => {
        stdout.write(maskKnownSecrets(text), (error) => (error ? reject(error) : resolve()));
      }),
    note: (text) => {
      if (!quiet) stderr.write(`${maskSecrets(text)}\n`);
    },
  };
}

/** What JSON leaves as it is and a terminal obeys: DEL, the second set of control characters, turns of direction. */
const OBEYED = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A value as JSON that shows itself on a terminal and does nothing else there; it says the same. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    OBEYED,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** https://no-color.org: any value of NO_COLOR that is not empty. */
function coloursWanted(isTerminal: boolean, env: Environment): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0";
  return isTerminal && env.TERM !== "dumb";
}

function styleFor(wanted: boolean): Style {
  const code = (on: number, off: number) => (text: string) =>
    wanted && text ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: code(1, 22), dim: code(2, 22), red: code(31, 39), green: code(32, 39), yellow: code(33, 39) };
}

/** Text of a source on one line, at most so many characters. */
export function shortLine(text: string, longest: number): string {
  const line = plainLine(text);
  return line.length <= longest ? line : `${line.slice(0, longest - 1).trimEnd()}…`;
}

/** Text of a source, as paragraphs. */
export function safeText(text: string): string {
  return plainText(text);
}

/** An argument as it has to be typed in a shell. */
export function shellWord(text: string): string {
  const clean = plainLine(text);
  if (/^[\w@%+=:,./-]+$/.test(clean)) return clean;
  return process.platform === "win32" ? `"${clean.replaceAll('"', '\\"')}"` : `'${clean.replaceAll("'", `'\\''`)}'`;
}
