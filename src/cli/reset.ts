import { existsSync } from "node:fs";
import { ConnectorError } from "../model/index.ts";
import { putAside, settle, storeFile } from "../store/at-rest.ts";
import { EXIT } from "./failure.ts";
import { type Session, withApp, withDesk } from "./session.ts";
import { grouped } from "./times.ts";

const LEASE_MS = 60_000;

/** `headwater reset <source>`: removes what is stored from a source. Its entry in the configuration stays. */
export async function reset(
  session: Session,
  name: string | undefined,
  opts: { yes?: unknown; all?: unknown },
): Promise<number> {
  if (opts.all === true && name === undefined) return resetAll(session, opts.yes === true);
  if (name === undefined || opts.all === true) {
    throw new ConnectorError("usage", "Name one source to reset, or say --all.", {
      hint: "See them: headwater sources",
    });
  }
  return withDesk(session, async ({ sources, store }) => {
    const { id } = sources.get(name);
    const items = (await store.stats([id]))[0]?.items ?? 0;
    if (opts.yes !== true && !(await confirmed(session, `${grouped(items)} items of ${id}`, id))) return EXIT.error;
    const lease = await store.lease(id, LEASE_MS);
    if (!lease) {
      throw new ConnectorError("store", `Source ${id} is being synced just now, so it was not reset.`, {
        hint: `Try again when it is done: headwater reset ${id}`,
      });
    }
    try {
      await store.resetSource(id, lease.fence);
    } finally {
      await lease.release();
    }
    if (session.globals.json) session.terminal.json({ source: id, removed: items });
    else session.terminal.line(`Removed ${grouped(items)} items of ${id}. Bring them back: headwater sync ${id}`);
    return EXIT.ok;
  });
}

/** Puts the store's file aside under a new name, so that the next sync begins with an empty one; the old file is kept. */
async function resetAll(session: Session, yes: boolean): Promise<number> {
  return withApp(session, async ({ dataFolder }) => {
    if (!yes && !(await confirmed(session, "everything", "--all"))) return EXIT.error;
    const file = storeFile(dataFolder, session.globals.tenant ?? "default");
    if (!existsSync(file)) {
      throw new ConnectorError("not_found", `There is no store at ${file}.`, { hint: "Begin with: headwater sync" });
    }
    settle(file);
    const aside = putAside(file, "aside");
    if (session.globals.json) session.terminal.json({ store: file, aside });
    else session.terminal.line(`The store was put aside as ${aside}. Fill a new one: headwater sync`);
    return EXIT.ok;
  });
}

async function confirmed(session: Session, what: string, named: string): Promise<boolean> {
  if (process.stdin.isTTY !== true || session.globals.json) {
    throw new ConnectorError("usage", `Reset removes ${what} from the local copy.`, {
      hint: `If that is wanted: headwater reset ${named} --yes`,
    });
  }
  const { confirm } = await import("@clack/prompts");
  return (
    (await confirm({
      message: `Remove ${what} from the local copy?`,
      initialValue: false,
      signal: session.signal,
    })) === true
  );
}
