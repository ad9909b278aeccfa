import { inspect } from "node:util";

const MASK = "***";
/** Shorter values are no credentials, and masking them would garble ordinary words. */
const SHORTEST_MASKED = 6;
/** A password inside an address; stays inside one quoted text. */
const ADDRESS_PASSWORD = /(\w:\/\/[^\s:/@"'<>]{0,256}):[^\s/@"'<>]{1,256}@/g;

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

/** The text without any known secret. For answers that carry a person's own documents, which stay as they are otherwise. */
export function maskKnownSecrets(text: string): string {
  let masked = text;
  for (const secret of longestFirst) if (masked.includes(secret)) masked = masked.replaceAll(secret, MASK);
  return masked;
}

/** The text without any known secret and without passwords inside addresses. For log lines and errors. */
export function maskSecrets(text: string): string {
  return maskKnownSecrets(text).replace(ADDRESS_PASSWORD, `$1:${MASK}@`);
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
