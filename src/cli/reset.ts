import { existsSync } from "node:fs";
import { ConnectorError } from "../model/index.ts";
import { putAside, settle, storeFile } from "../store/at-rest.ts";
import type { Store } from "../store/store.ts";
import { EXIT } from "./failure.ts";
import { type Session, withApp, withDesk } from "./session.ts";
import { itemCount } from "./times.ts";

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
    const items = (await store.stats([name]))[0]?.items ?? 0;
    const id = items > 0 ? name : sources.get(name).id; // what is stored may be of a source that is no longer configured
    if (opts.yes !== true && !(await confirmed(session, "Reset", `${itemCount(items)} of ${id}`, id)))
      return EXIT.error;
    await forgetStored(store, id, "reset");
    if (session.globals.json) session.terminal.json({ source: id, removed: items });
    else {
      const configured = sources.all().some((entry) => entry.id === id);
      const next = configured ? ` Bring them back: headwater sync ${id}` : "";
      session.terminal.line(`Removed ${itemCount(items)} of ${id}.${next}`);
    }
    return EXIT.ok;
  });
}

/** Removes everything a source left in the store, unless somebody syncs it just now. */
export async function forgetStored(store: Store, id: string, command: "reset" | "remove"): Promise<void> {
  const lease = await store.lease(id, LEASE_MS);
  if (!lease) {
    throw new ConnectorError("store", `Source ${id} is being synced just now, so nothing was removed.`, {
      hint: `Try again when it is done: headwater ${command} ${id}`,
    });
  }
  try {
    await store.resetSource(id, lease.fence);
  } finally {
    await lease.release();
  }
}

/** Puts the store's file aside under a new name, so that the next sync begins with an empty one; the old file is kept. */
async function resetAll(session: Session, yes: boolean): Promise<number> {
  return withApp(session, async ({ dataFolder }) => {
    if (!yes && !(await confirmed(session, "Reset", "everything", "--all"))) return EXIT.error;
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

/** Asks a person; where nobody can be asked, throws `usage` with the command that says yes. */
export async function confirmed(
  session: Session,
  command: "Reset" | "Remove",
  what: string,
  named: string,
): Promise<boolean> {
  if (process.stdin.isTTY !== true || session.globals.json) {
    throw new ConnectorError("usage", `${command} takes ${what} out of the local copy.`, {
      hint: `If that is wanted: headwater ${command.toLowerCase()} ${named} --yes`,
    });
  }
  const { confirm } = await import("@clack/prompts");
  return (
    (await confirm({
      message: `Take ${what} out of the local copy?`,
      initialValue: false,
      signal: session.signal,
    })) === true
  );
}
