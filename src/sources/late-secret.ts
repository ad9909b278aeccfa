import { randomBytes } from "node:crypto";
import { inspect } from "node:util";

const byPlaceholder = new Map<string, LateSecret>();

/**
 * A credential that is read when it is needed, not with the configuration: it lies encrypted or with another service.
 * Until then a random text stands for it, which passes as a credential and opens nothing.
 */
export class LateSecret {
  /** As written: `secret://work`. */
  readonly reference: string;
  readonly placeholder = randomBytes(24).toString("base64url");

  constructor(reference: string) {
    this.reference = reference;
    byPlaceholder.set(this.placeholder, this);
  }

  /** The credential that a text stands for. */
  static behind(text: string): LateSecret | undefined {
    return byPlaceholder.get(text);
  }

  toString(): string {
    return this.reference;
  }

  toJSON(): string {
    return this.reference;
  }

  [inspect.custom](): string {
    return this.reference;
  }
}
