import { inspect } from "node:util";

const MASK = "***";
/** Shorter values would garble ordinary text when they are masked. */
const SHORTEST_MASKED = 4;

/** Every form in which a known secret could appear in text. One set for the whole process: a secret is one everywhere. */
const known = new Set<string>();
let longestFirst: string[] = [];

/** Has the value masked from now on in everything that passes `maskSecrets`, also in its usual encodings. */
export function rememberSecret(value: string): void {
  if (value.length < SHORTEST_MASKED) return;
  const forms = [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString("base64").replace(/=+$/, ""),
    Buffer.from(value).toString("base64url"),
  ];
  for (const form of forms) known.add(form);
  longestFirst = [...known].sort((left, right) => right.length - left.length);
}

/** The text without any known secret and without passwords inside addresses. */
export function maskSecrets(text: string): string {
  let masked = text;
  for (const secret of longestFirst) if (masked.includes(secret)) masked = masked.replaceAll(secret, MASK);
  return masked.replace(/(\w:\/\/[^\s:/@]{0,256}):[^\s/@]{1,256}@/g, `$1:${MASK}@`);
}

/** A resolved credential. Printing, serialising and inspecting it show `***`; only `reveal` answers the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    rememberSecret(value);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
