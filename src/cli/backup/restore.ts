import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { App } from "../../app.ts";
import { ConnectorError } from "../../model/index.ts";
import { systemClock } from "../../sources/clock.ts";
import { withLock } from "../../sources/file-lock.ts";
import { findConfig } from "../../sources/find-config.ts";
import { moveStore, putAside, settle, storeFile } from "../../store/at-rest.ts";
import { openStore } from "../../store/open.ts";
import { EXIT } from "../failure.ts";
import { type Session, withApp } from "../session.ts";
import { shellWord } from "../terminal.ts";
import { ago, grouped } from "../times.ts";
import { type Manifest, readArchive } from "./archive.ts";

const LONGEST_MS = 600_000;

interface Restored {
  items: number;
  tenants: string[];
  /** Stores that were there before, under the names they have now. */
  aside: string[];
  notes: string[];
}

/**
 * `headwater restore <file>`: checks a backup from end to end, then puts its stores in place of those here, which are
 * kept aside. Refuses while any process syncs or serves. Nothing is changed unless everything can be.
 */
export async function restore(session: Session, given: string, opts: { yes?: unknown }): Promise<number> {
  return withApp(session, async (app) => {
    const path = resolve(given);
    mkdirSync(app.dataFolder, { recursive: true, mode: 0o700 });
    return withLock(join(app.dataFolder, "restore.lock"), { longestMs: LONGEST_MS, clock: systemClock }, async () => {
      const work = join(app.dataFolder, `restore.${process.pid}.work`);
      try {
        mkdirSync(work, { mode: 0o700 });
        const manifest = await readArchive(path, work);
        const tenants = tenantsIn(manifest, session.globals.tenant);
        await checkStores(tenants, join(work, "stores"));
        for (const tenant of tenants) settle(storeFile(app.dataFolder, tenant));
        if (opts.yes !== true && !(await confirmed(session, app, manifest, tenants, path))) return EXIT.error;
        tell(session, manifest, putInPlace(app, session, manifest, tenants, work));
        return EXIT.ok;
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    });
  });
}

function tenantsIn({ files }: Manifest, only: string | undefined): string[] {
  const tenants = files
    .filter(({ name }) => name.startsWith("stores/"))
    .map(({ name }) => basename(name, ".db"))
    .filter((tenant) => only === undefined || tenant === only);
  if (tenants.length > 0) return tenants;
  throw new ConnectorError(
    "usage",
    `This backup holds no store${only === undefined ? "" : ` of the tenant "${only}"`}.`,
  );
}

/** Opens each store as headwater would, so that a newer or damaged one is refused before anything is replaced. */
async function checkStores(tenants: string[], folder: string): Promise<void> {
  for (const tenant of tenants) {
    const store = await openStore({ folder, tenant });
    try {
      const [problem] = await store.verify("full");
      if (problem === undefined) continue;
      throw new ConnectorError("store", `The store of ${tenant} in this backup is not sound: ${problem}`, {
        hint: "Nothing was changed. Take another backup.",
      });
    } finally {
      await store.close();
    }
  }
}

function putInPlace(app: App, session: Session, manifest: Manifest, tenants: string[], work: string): Restored {
  const moved: { file: string; aside?: string }[] = [];
  try {
    for (const tenant of tenants) {
      const file = storeFile(app.dataFolder, tenant);
      settle(file);
      const aside = existsSync(file) ? putAside(file, "before-restore") : undefined;
      moved.push({ file, ...(aside !== undefined && { aside }) });
      moveStore(join(work, "stores", `${tenant}.db`), file);
    }
  } catch (error) {
    for (const { file, aside } of moved.reverse()) {
      for (const part of ["", "-wal", "-shm"]) rmSync(file + part, { force: true });
      if (aside !== undefined) moveStore(aside, file);
    }
    throw error;
  }
  const items = manifest.files
    .filter(({ name }) => tenants.includes(basename(name, ".db")))
    .reduce((sum, file) => sum + (file.items ?? 0), 0);
  return {
    items,
    tenants,
    aside: moved.flatMap(({ aside }) => aside ?? []),
    notes: [...sealedBack(app, manifest, work), ...configurationBack(session, manifest, work)],
  };
}

/** A service may have replaced a login since: what is kept here is newer, and the backup's comes only where nothing is. */
function sealedBack({ dataFolder }: App, { files }: Manifest, work: string): string[] {
  const notes: string[] = [];
  for (const { name } of files.filter((file) => file.name.startsWith("keys/"))) {
    const target = join(dataFolder, name);
    if (existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    copyFileSync(join(work, name), target);
    chmodSync(target, 0o600);
    notes.push(
      `${target} is back. What was sealed with a key that is not here has to be entered again: headwater doctor`,
    );
  }
  return notes;
}

function configurationBack({ globals }: Session, { files }: Manifest, work: string): string[] {
  if (!files.some(({ name }) => name === "headwater.yaml")) return [];
  const { path, wanted } = findConfig(globals.config === undefined ? {} : { configPath: globals.config });
  if (path !== undefined) return [`The configuration ${path} stayed as it is.`];
  mkdirSync(dirname(wanted), { recursive: true });
  renameOrCopy(join(work, "headwater.yaml"), wanted);
  return [`The configuration is back as ${wanted}.`];
}

function renameOrCopy(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    copyFileSync(from, to); // another disk
  }
}

async function confirmed(
  session: Session,
  app: App,
  { madeAt }: Manifest,
  tenants: string[],
  path: string,
): Promise<boolean> {
  if (!tenants.some((tenant) => existsSync(storeFile(app.dataFolder, tenant)))) return true;
  const question = `Put the backup of ${madeAt.slice(0, 16).replace("T", " ")} UTC (${ago(madeAt)}) in place of the store in ${app.dataFolder}?`;
  if (process.stdin.isTTY !== true || session.globals.json) {
    throw new ConnectorError("usage", "A restore replaces the store; what is there is kept aside.", {
      hint: `If that is wanted: headwater restore ${shellWord(path)} --yes`,
    });
  }
  const { confirm } = await import("@clack/prompts");
  return (await confirm({ message: question, initialValue: false, signal: session.signal })) === true;
}

function tell({ terminal, globals }: Session, { madeAt }: Manifest, restored: Restored): void {
  if (globals.json) {
    terminal.json({ madeAt, ...restored });
    return;
  }
  const { items, tenants, aside, notes } = restored;
  terminal.line(
    `Restored ${grouped(items)} ${items === 1 ? "item" : "items"} of ${tenants.join(", ")} as they were ${ago(madeAt)}.`,
  );
  for (const file of aside) terminal.line(`What was here is kept as ${file}`);
  for (const note of notes) terminal.note(note);
  terminal.note("Bring it up to date: headwater sync");
}
