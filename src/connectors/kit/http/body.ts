import { PassThrough, pipeline, Readable, Transform, type TransformCallback } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";
import { ConnectorError } from "../../../model/index.ts";
import type { Raw } from "./dispatch.ts";
import { bodyFailure } from "./network-failure.ts";
import type { Wire } from "./wire.ts";

/** A service that wraps its answers more often than this means no good. */
const MOST_CODINGS = 3;

type Stage = NodeJS.ReadWriteStream | ((chunks: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>);

/**
 * The body, unpacked. It fails with a ConnectorError when it is cut, does not unpack, brings more than `maxBytes`
 * unpacked, or comes too slowly while somebody reads it.
 */
export function openBody(wire: Wire, raw: Raw, maxBytes: number, late: () => boolean): Readable {
  const capped = new Capped(
    maxBytes,
    () => tooLarge(wire, raw, maxBytes),
    (error) => bodyFailure(wire, raw, error, late()),
  );
  const stages = [meter(wire, raw, () => capped.readableLength > 0), ...unpackers(wire, raw)];
  // The typings know no list of stages whose length is only known here.
  pipeline([raw.body, ...stages, capped] as never, () => {});
  return capped;
}

/** All of it at once. */
export async function readBytes(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** Counts what comes over the wire and ends what only drips. A reader who takes a pause is not the service's fault. */
function meter(wire: Wire, raw: Raw, readerIsSlow: () => boolean): Transform {
  let inWindow = 0;
  const { slowWindowMs, slowBytes } = wire.limits;
  const timer = setInterval(() => {
    if (inWindow < slowBytes && !readerIsSlow()) stage.destroy(tooSlow(wire, raw));
    inWindow = 0;
  }, slowWindowMs);
  const stage = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      inWindow += chunk.length;
      raw.received.bytes += chunk.length;
      wire.counts.bytes += chunk.length;
      done(null, chunk);
    },
    destroy(error, done) {
      clearInterval(timer);
      done(error);
    },
  });
  return stage;
}

function tooSlow(wire: Wire, raw: Raw): ConnectorError {
  const perSecond = Math.round((wire.limits.slowBytes / wire.limits.slowWindowMs) * 1000);
  return new ConnectorError(
    "unavailable",
    `${raw.url.host} sends its answer to ${wire.source} at less than ${perSecond} bytes a second.`,
    { status: raw.status },
  );
}

/** The last stage. Declared sizes are hints; this counts what really comes out. Its errors are ours, whatever came before. */
class Capped extends Transform {
  #total = 0;
  readonly #maxBytes: number;
  readonly #tooLarge: () => ConnectorError;
  readonly #ours: (error: Error) => ConnectorError;

  constructor(maxBytes: number, tooLarge: () => ConnectorError, ours: (error: Error) => ConnectorError) {
    super();
    this.#maxBytes = maxBytes;
    this.#tooLarge = tooLarge;
    this.#ours = ours;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#total += chunk.length;
    if (this.#total <= this.#maxBytes) done(null, chunk);
    else done(this.#tooLarge());
  }

  // Not in `_destroy`: who reads later is told the error that was given here.
  override destroy(error?: Error): this {
    return super.destroy(error && this.#ours(error));
  }
}

function tooLarge(wire: Wire, raw: Raw, maxBytes: number): ConnectorError {
  const size = maxBytes >= 1e6 ? `${Math.round(maxBytes / 1e6)} MB` : `${maxBytes} bytes`;
  return new ConnectorError("too_large", `${raw.url.host} sends ${wire.source} more than ${size} in one answer.`, {
    status: raw.status,
  });
}

/** RFC 9110 §8.4: the codings in the order they were put on, taken off from the last. */
function unpackers(wire: Wire, raw: Raw): Stage[] {
  // The headers describe a body that does not come.
  if (raw.method === "HEAD" || raw.status === 204) return [];
  const codings = (raw.headers.get("content-encoding") ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  const stages = codings.map((coding): Stage | undefined => {
    if (coding === "gzip" || coding === "x-gzip") return createGunzip();
    if (coding === "br") return createBrotliDecompress();
    return coding === "deflate" ? inflate : undefined;
  });
  if (codings.length <= MOST_CODINGS && !stages.includes(undefined)) return (stages as Stage[]).reverse();
  raw.body.on("error", () => {}).destroy();
  throw new ConnectorError(
    "bad_response",
    `${raw.url.host} answered ${wire.source} in a compression that nobody asked for.`,
    { status: raw.status },
  );
}

/** "deflate" means the zlib format, but some servers send it bare. */
async function* inflate(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const rest = chunks[Symbol.asyncIterator]();
  const first = await rest.next();
  if (first.done) return;
  const unpacked = ((first.value[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
  const whole = async function* () {
    yield first.value;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  };
  const out = new PassThrough();
  pipeline(Readable.from(whole()), unpacked, out, () => {});
  yield* out;
}
