import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { z } from "zod";
import { readTar } from "../../connectors/kit/tar.ts";
import { ConnectorError } from "../../model/index.ts";
import { TAR_END, tarHeader, tarPadding } from "./tar-header.ts";

/** Every name that a backup may hold: nothing else is ever written to a disk by a restore. */
const FILE_NAME = /^(stores\/[a-z0-9_-]{1,64}\.db|keys\/(secrets|[a-z0-9_-]{1,64}\.logins)|headwater\.yaml)$/;

const BackedUpFile = z.object({
  name: z.string().regex(FILE_NAME),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Stores only. */
  items: z.number().int().nonnegative().optional(),
});
export type BackedUpFile = z.output<typeof BackedUpFile>;

/** The first file of a backup: what is in it and how to tell that it is whole. */
export const Manifest = z.object({
  format: z.literal("headwater-backup"),
  version: z.literal(1),
  headwater: z.string(),
  madeAt: z.iso.datetime(),
  files: z.array(BackedUpFile).max(10_000),
  /** Sentences about what was left out and why. */
  left: z.array(z.string()).default([]),
});
export type Manifest = z.output<typeof Manifest>;

const MANIFEST = "manifest.json";
const LARGEST_MANIFEST = 4_000_000;

/** Writes a gzipped tar archive of the manifest and its files from a folder; it has its name only when it is whole. */
export async function writeArchive(path: string, manifest: Manifest, folder: string): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(
      Readable.from(tarOf(manifest, folder)),
      createGzip({ level: 1 }),
      createWriteStream(part, { flags: "wx", mode: 0o600 }),
    );
    await flush(part);
    if (existsSync(path)) throw new Error("it appeared meanwhile");
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true });
    throw new ConnectorError("store", `The backup ${path} cannot be written.`, {
      hint: "Choose a place with room that this user may write to: headwater backup <file>",
      cause,
    });
  }
}

async function* tarOf(manifest: Manifest, folder: string): AsyncGenerator<Buffer> {
  const madeAt = new Date(manifest.madeAt);
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  yield tarHeader({ name: MANIFEST, bytes: text.length }, madeAt);
  yield text;
  yield tarPadding(text.length);
  for (const file of manifest.files) {
    yield tarHeader(file, madeAt);
    yield* createReadStream(join(folder, file.name), { highWaterMark: 1 << 20 });
    yield tarPadding(file.bytes);
  }
  yield TAR_END;
}

async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.sync().finally(() => file.close());
}

/**
 * Reads a backup to its end and checks each file against the manifest. With `folder`, the files are written there, for
 * this user alone. Throws `usage` when the backup is not whole, not ours or of a newer headwater.
 */
export async function readArchive(path: string, folder?: string): Promise<Manifest> {
  if (!existsSync(path)) {
    throw new ConnectorError("usage", `There is no file called ${path}.`, { hint: "Name the backup to restore." });
  }
  const raw = createReadStream(path, { highWaterMark: 1 << 20 });
  const unpacked = createGunzip();
  raw.on("error", (error) => unpacked.destroy(error));
  try {
    return await checked(readTar(raw.pipe(unpacked), broken), folder);
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    throw broken("it cannot be unpacked", error);
  } finally {
    raw.destroy();
    unpacked.destroy();
  }
}

async function checked(entries: ReturnType<typeof readTar>, folder: string | undefined): Promise<Manifest> {
  const first = await entries.next();
  if (first.done || first.value.path !== MANIFEST || first.value.bytes > LARGEST_MANIFEST)
    throw broken("it does not begin with a manifest");
  const manifest = await manifestIn(first.value.content);
  const missing = new Map(manifest.files.map((file) => [file.name, file]));
  for await (const { path: name, bytes, isFile, content } of entries) {
    const expected = missing.get(name);
    if (!expected || !isFile || expected.bytes !== bytes)
      throw broken(`${JSON.stringify(name)} is not as its manifest says`);
    missing.delete(name);
    const target = folder && join(folder, name);
    if ((await digestOf(content, target)) !== expected.sha256) throw broken(`${name} was changed after it was written`);
  }
  if (missing.size > 0) throw broken(`${[...missing.keys()].join(", ")} is missing`);
  return manifest;
}

async function manifestIn(content: AsyncIterable<Buffer>): Promise<Manifest> {
  const parts: Buffer[] = [];
  for await (const part of content) parts.push(part);
  const written: unknown = JSON.parse(Buffer.concat(parts).toString("utf8"));
  const parsed = Manifest.safeParse(written);
  if (parsed.success) return parsed.data;
  const version = (written as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version > 1) {
    throw new ConnectorError("usage", "This backup was made by a newer headwater.", {
      hint: "Update with `npm install --global headwater@latest`, then restore it.",
    });
  }
  throw broken("its manifest is none");
}

/** The SHA-256 of what passes, written to a file on the way. */
async function digestOf(content: AsyncIterable<Buffer>, target: string | undefined): Promise<string> {
  const hash = createHash("sha256");
  const passing = async function* () {
    for await (const part of content) {
      hash.update(part);
      yield part;
    }
  };
  if (target === undefined) for await (const _ of passing());
  else {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await pipeline(Readable.from(passing()), createWriteStream(target, { flags: "wx", mode: 0o600 }));
  }
  return hash.digest("hex");
}

/** The size and the SHA-256 of a file. */
export async function factsOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(part as Buffer);
    bytes += (part as Buffer).length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

function broken(why: string, cause?: unknown): ConnectorError {
  return new ConnectorError("usage", `This is no whole backup of headwater: ${why}.`, {
    hint: "Nothing was changed. Take another backup.",
    cause,
  });
}
