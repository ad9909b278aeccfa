import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { ConnectorError } from "../../kit/index.ts";
import { applyDelta } from "./delta.ts";

/** An object of git, unpacked. */
export interface GitObject {
  kind: "commit" | "tree" | "blob" | "tag";
  bytes: Buffer;
}

const KINDS: Readonly<Record<number, GitObject["kind"]>> = { 1: "commit", 2: "tree", 3: "blob", 4: "tag" };
const [OFS_DELTA, REF_DELTA] = [6, 7];
const TRAILER = 20;

export interface PackLimits {
  /** Of one object, unpacked. */
  objectBytes: number;
  /** Of all objects together, unpacked. */
  allBytes: number;
}

/**
 * All objects of a pack by their ids (https://git-scm.com/docs/gitformat-pack, 2026-11). Throws `bad_response` when it is
 * damaged, `too_large` when it swells beyond the limits.
 */
export function readPack(pack: Buffer, limits: PackLimits): Map<string, GitObject> {
  const body = pack.subarray(0, -TRAILER);
  const isSound = createHash("sha1").update(body).digest().equals(pack.subarray(-TRAILER));
  if (pack.toString("latin1", 0, 4) !== "PACK" || pack.readUInt32BE(4) !== 2 || !isSound) throw damaged();
  return new PackReader(body, limits).read(pack.readUInt32BE(8));
}

/** A delta whose base has not come yet. */
interface Waiting {
  offset: number;
  base: string;
  delta: Buffer;
}

class PackReader {
  readonly #body: Buffer;
  readonly #limits: PackLimits;
  readonly #byId = new Map<string, GitObject>();
  readonly #byOffset = new Map<number, GitObject>();
  readonly #waiting: Waiting[] = [];
  #at = 12;
  #unpacked = 0;

  constructor(body: Buffer, limits: PackLimits) {
    this.#body = body;
    this.#limits = limits;
  }

  read(count: number): Map<string, GitObject> {
    for (let done = 0; done < count; done++) this.#readOne();
    this.#settleWaiting();
    return this.#byId;
  }

  #readOne(): void {
    const offset = this.#at;
    const { type, size } = this.#header();
    if (type === OFS_DELTA) {
      const base = this.#byOffset.get(offset - this.#offset());
      const delta = this.#inflate(size);
      if (base === undefined) throw damaged();
      this.#keep(offset, this.#rebuilt(base, delta));
    } else if (type === REF_DELTA) {
      const base = this.#body.toString("hex", this.#at, this.#at + 20);
      this.#at += 20;
      const delta = this.#inflate(size);
      const known = this.#byId.get(base);
      if (known === undefined) this.#waiting.push({ offset, base, delta });
      else this.#keep(offset, this.#rebuilt(known, delta));
    } else {
      const kind = KINDS[type];
      if (kind === undefined) throw damaged();
      this.#keep(offset, { kind, bytes: this.#inflate(size) });
    }
  }

  #settleWaiting(): void {
    let waiting = this.#waiting;
    while (waiting.length > 0) {
      const left = waiting.filter(({ offset, base, delta }) => {
        const known = this.#byId.get(base);
        if (known !== undefined) this.#keep(offset, this.#rebuilt(known, delta));
        return known === undefined;
      });
      if (left.length === waiting.length) throw damaged();
      waiting = left;
    }
  }

  #rebuilt(base: GitObject, delta: Buffer): GitObject {
    const bytes = applyDelta(base.bytes, delta, this.#limits.objectBytes);
    if (bytes === undefined) throw damaged();
    this.#count(bytes.length);
    return { kind: base.kind, bytes };
  }

  #keep(offset: number, object: GitObject): void {
    const id = createHash("sha1").update(`${object.kind} ${object.bytes.length}\0`).update(object.bytes).digest("hex");
    this.#byId.set(id, object);
    this.#byOffset.set(offset, object);
  }

  /** Three bits of type, then the size: four bits and seven with each further byte, the lowest first. */
  #header(): { type: number; size: number } {
    let byte = this.#byte();
    const type = (byte >> 4) & 7;
    let [size, factor] = [byte & 15, 16];
    while (byte & 0x80) {
      byte = this.#byte();
      size += (byte & 0x7f) * factor;
      factor *= 128;
      if (size > this.#limits.objectBytes) throw tooLarge();
    }
    return { type, size };
  }

  /** How far back a base lies: seven bits a byte, the highest first, one added at each step. */
  #offset(): number {
    let byte = this.#byte();
    let offset = byte & 0x7f;
    while (byte & 0x80) {
      byte = this.#byte();
      offset = (offset + 1) * 128 + (byte & 0x7f);
      if (offset > this.#body.length) throw damaged();
    }
    return offset;
  }

  #byte(): number {
    const byte = this.#body[this.#at];
    if (byte === undefined) throw damaged();
    this.#at += 1;
    return byte;
  }

  #inflate(size: number): Buffer {
    this.#count(size);
    try {
      const options = { info: true, maxOutputLength: Math.max(1, size) } as const;
      const { buffer, engine } = inflateSync(this.#body.subarray(this.#at), options) as unknown as {
        buffer: Buffer;
        engine: { bytesWritten: number };
      };
      if (buffer.length !== size) throw damaged();
      this.#at += engine.bytesWritten;
      return buffer;
    } catch (cause) {
      throw cause instanceof ConnectorError ? cause : damaged(cause);
    }
  }

  #count(bytes: number): void {
    this.#unpacked += bytes;
    if (bytes > this.#limits.objectBytes || this.#unpacked > this.#limits.allBytes) throw tooLarge();
  }
}

function damaged(cause?: unknown): ConnectorError {
  return new ConnectorError("bad_response", "The pages of the wiki arrived damaged.", { cause });
}

function tooLarge(): ConnectorError {
  return new ConnectorError("too_large", "The wiki is larger than headwater reads.");
}
