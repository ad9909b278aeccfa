import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { App } from "../../app.ts";
import { ConnectorError } from "../../model/index.ts";
import { mistakeText } from "../../sources/mistakes.ts";
import { maskSecrets } from "../../sources/secret.ts";
import { storedTenants, storeFile } from "../../store/at-rest.ts";
import { openStore } from "../../store/open.ts";
import { type Session, withApp } from "../session.ts";
import { grouped } from "../times.ts";
import { type BackedUpFile, factsOf, type Manifest, readArchive, writeArchive } from "./archive.ts";

/**
 * `headwater backup [file]`: every tenant's store as it stands at one moment, the sealed logins and secrets without their
 * key, and the configuration where no credential stands in it. Others may sync and serve meanwhile.
 */
export async function backup(session: Session, file: string | undefined): Promise<undefined> {
  return withApp(session, async (app) => {
    const madeAt = new Date().toISOString();
    const path = resolve(file ?? `headwater-backup-${madeAt.slice(0, 19).replaceAll(":", "-")}.tar.gz`);
    if (existsSync(path)) {
      throw new ConnectorError("usage", `There is already a file called ${path}.`, {
        hint: "Give the backup another name: headwater backup <file>",
      });
    }
    const tenants = session.globals.tenant === undefined ? storedTenants(app.dataFolder) : [session.globals.tenant];
    if (!tenants.some((tenant) => existsSync(storeFile(app.dataFolder, tenant)))) {
      throw new ConnectorError("not_found", `There is no store in ${app.dataFolder}.`, {
        hint: "Begin with: headwater sync",
      });
    }
    const work = `${path}.${process.pid}.work`;
    try {
      await refuseWithoutRoom(app.dataFolder, tenants, path);
      mkdirSync(join(work, "stores"), { recursive: true, mode: 0o700 });
      const files = await copyStores(session, app, tenants, work);
      const { sealed, left } = copyBeside(app, work);
      for (const name of sealed) files.push({ name, ...(await factsOf(join(work, name))) });
      const manifest: Manifest = {
        format: "headwater-backup",
        version: 1,
        headwater: app.version,
        madeAt,
        files,
        left,
      };
      await writeArchive(path, manifest, work);
      await readArchive(path);
      tell(session, path, manifest);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
    return undefined;
  });
}

/** Each store is copied, and the copy read from end to end: a backup that could not be restored is none. */
async function copyStores(session: Session, app: App, tenants: string[], work: string): Promise<BackedUpFile[]> {
  const files: BackedUpFile[] = [];
  for (const tenant of tenants) {
    session.signal.throwIfAborted();
    const name = `stores/${tenant}.db`;
    const store = await openStore({ folder: app.dataFolder, tenant });
    await store.backup(join(work, name)).finally(() => store.close());
    const copy = await openStore({ folder: join(work, "stores"), tenant });
    try {
      const problems = await copy.verify("full");
      if (problems.length > 0) throw unsound(tenant, problems);
      const items = (await copy.stats()).reduce((sum, one) => sum + one.items, 0);
      files.push({ name, bytes: 0, sha256: "", items });
    } finally {
      await copy.close();
    }
  }
  for (const each of files) Object.assign(each, await factsOf(join(work, each.name)));
  return files;
}

function unsound(tenant: string, problems: string[]): ConnectorError {
  return new ConnectorError("store", `The store of ${tenant} is not sound: ${problems[0]}`, {
    hint: "Nothing was backed up. Mend it first: headwater doctor --repair",
  });
}

/** What lies beside the stores; the key that opens what is sealed never leaves its folder. */
function copyBeside({ dataFolder, config }: App, work: string): { sealed: string[]; left: string[] } {
  const keys = join(dataFolder, "keys");
  const names = existsSync(keys) ? readdirSync(keys) : [];
  const sealed = names.filter((name) => name === "secrets" || /^[a-z0-9_-]{1,64}\.logins$/.test(name));
  if (sealed.length > 0) mkdirSync(join(work, "keys"), { mode: 0o700 });
  for (const name of sealed) copyFileSync(join(keys, name), join(work, "keys", name));
  const taken = sealed.map((name) => `keys/${name}`);
  const left =
    sealed.length > 0
      ? ["The key of logins and secrets is not in the backup: on another machine, log in and set them again."]
      : [];
  if (config.path === undefined) return { sealed: taken, left };
  const text = readFileSync(config.path, "utf8");
  const written = config.warnings.find((warning) => warning.message.includes("credential written out"));
  if (maskSecrets(text) !== text || written) {
    left.push(
      `The configuration is not in the backup, because a credential is written in it. ${written ? mistakeText(written) : ""}`.trim(),
    );
    return { sealed: taken, left };
  }
  writeFileSync(join(work, "headwater.yaml"), text, { mode: 0o600 });
  return { sealed: [...taken, "headwater.yaml"], left };
}

/** A copy and its archive lie side by side for a moment. */
async function refuseWithoutRoom(dataFolder: string, tenants: string[], path: string): Promise<void> {
  const sizes = tenants.map((tenant) => storeFile(dataFolder, tenant)).filter((file) => existsSync(file));
  const needed = sizes.reduce((sum, file) => sum + statSync(file).size, 0) * 1.6;
  mkdirSync(dirname(path), { recursive: true });
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize >= needed) return;
  const megabytes = (bytes: number) => `${grouped(Math.ceil(bytes / 1e6))} MB`;
  throw new ConnectorError(
    "store",
    `The backup needs about ${megabytes(needed)} at ${dirname(path)}, and ${megabytes(bavail * bsize)} are free.`,
    { hint: "Write it to another disk: headwater backup <file>" },
  );
}

function tell({ terminal, globals }: Session, path: string, { madeAt, files, left }: Manifest): void {
  const bytes = statSync(path).size;
  if (globals.json) {
    terminal.json({ backup: path, bytes, madeAt, files, left });
    return;
  }
  const items = files.reduce((sum, file) => sum + (file.items ?? 0), 0);
  const stores = files.filter((file) => file.items !== undefined).length;
  terminal.line(
    `Backed up ${grouped(items)} ${items === 1 ? "item" : "items"} of ${stores} ${stores === 1 ? "tenant" : "tenants"} to ${path} (${(bytes / 1e6).toFixed(1)} MB), read again and found whole.`,
  );
  for (const sentence of left) terminal.note(sentence);
  terminal.note(`Bring it back: headwater restore ${path}`);
}
