import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { chmodSync, readFileSync, statSync } from "node:fs";
import { z } from "zod";
import type { Clock } from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";
import { withLock } from "../file-lock.ts";
import { writeWhole } from "../write-whole.ts";
import type { MasterKey } from "./master-key.ts";

/**
 * Named texts in one file, each encrypted on its own with AES-256-GCM and bound to its name: a record that was changed,
 * put under another name, brought from another file or sealed with another key is refused, never read as something else.
 */
export interface SealedFile {
  names(): string[];
  /** Undefined when there is none; a record that cannot be opened answers why, as the end of a sentence. */
  read(name: string): Promise<Opened | undefined>;
  write(name: string, text: string): Promise<void>;
  /** Whether there was one. */
  remove(name: string): Promise<boolean>;
  /** Seals every record that can be opened with the key in force now. */
  reseal(): Promise<void>;
}

export type Opened = { text: string } | { problem: string };

export interface SealedFileOptions {
  path: string;
  /** Part of what each record is bound to: "logins of default". */
  purpose: string;
  /** Asked each time: another process may have replaced it. */
  key: () => Promise<MasterKey>;
  clock: Clock;
}

const Sealed = z.strictObject({ key: z.string(), nonce: z.string(), data: z.string(), tag: z.string() });
type Sealed = z.output<typeof Sealed>;
const Content = z.strictObject({ version: z.literal(1), records: z.record(z.string(), Sealed) });
type Content = z.output<typeof Content>;

const LONGEST_MS = 10_000;

export function openSealedFile({ path, purpose, key, clock }: SealedFileOptions): SealedFile {
  const boundTo = (name: string) => Buffer.from(JSON.stringify([purpose, name, 1]));
  const open = (sealed: Sealed, name: string, by: MasterKey): Opened => {
    const own = by.derive(purpose, sealed.key);
    const text = own && unseal(sealed, own, boundTo(name));
    if (text !== undefined) return { text };
    return { problem: own ? "was changed or damaged" : `was encrypted with another key than the one in ${by.place}` };
  };
  const close = (text: string, name: string, by: MasterKey): Sealed => ({
    key: by.id,
    ...seal(text, by.derive(purpose) as Buffer, boundTo(name)),
  });
  /** The key is asked under the lock, so that nothing is sealed with one that goes at this moment. */
  const change = async (apply: (records: Content["records"], by: MasterKey) => boolean) => {
    await key(); // made before the lock is taken: a rotation takes both the other way round
    return withLock(`${path}.lock`, { longestMs: LONGEST_MS, clock }, async () => {
      const content = readContent(path);
      const changed = apply(content.records, await key());
      if (changed) writeWhole(path, `${JSON.stringify(content)}\n`);
      return changed;
    });
  };
  const readOnce = async (name: string) => {
    const by = await key();
    const { records } = readContent(path);
    const sealed = Object.hasOwn(records, name) ? records[name] : undefined;
    return sealed && { ...open(sealed, name, by), lost: by.derive(purpose, sealed.key) === undefined };
  };

  return {
    names: () => Object.keys(readContent(path).records),
    async read(name) {
      const found = await readOnce(name);
      const sure = found?.lost ? await readOnce(name) : found; // a rotation may have come between key and record
      return sure && ("text" in sure ? { text: sure.text } : { problem: sure.problem });
    },
    async write(name, text) {
      await change((records, by) => {
        records[name] = close(text, name, by);
        return true;
      });
    },
    remove: (name) => change((records) => Object.hasOwn(records, name) && delete records[name]),
    async reseal() {
      await change((records, by) => {
        for (const [name, sealed] of Object.entries(records)) {
          const opened = open(sealed, name, by);
          if ("text" in opened) records[name] = close(opened.text, name, by);
        }
        return true;
      });
    },
  };
}

function seal(text: string, key: Buffer, boundTo: Buffer): Omit<Sealed, "key"> {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(boundTo);
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return { nonce: base64(nonce), data: base64(data), tag: base64(cipher.getAuthTag()) };
}

function unseal(sealed: Sealed, key: Buffer, boundTo: Buffer): string | undefined {
  try {
    const tag = Buffer.from(sealed.tag, "base64");
    const nonce = Buffer.from(sealed.nonce, "base64");
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 }).setAAD(boundTo).setAuthTag(tag);
    return Buffer.concat([decipher.update(Buffer.from(sealed.data, "base64")), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

function base64(bytes: Buffer): string {
  return bytes.toString("base64");
}

function readContent(path: string): Content {
  let text: string;
  try {
    closeToOthers(path);
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { version: 1, records: {} };
    throw new ConnectorError("store", `${path} cannot be read by this user.`, { cause: error });
  }
  const parsed = Content.safeParse(parsedJson(text));
  if (parsed.success) return parsed.data;
  throw new ConnectorError("store", `${path} is damaged or was written by a newer headwater.`, {
    hint: "Put it back from a backup, or delete it; then log in and set the secrets in it again.",
  });
}

/** What is in it is encrypted, so rights that are too wide are mended rather than refused. */
function closeToOthers(path: string): void {
  if (process.platform === "win32") return;
  const { mode } = statSync(path);
  if ((mode & 0o077) !== 0) chmodSync(path, 0o600);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
