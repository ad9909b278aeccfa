import { ConnectorError } from "../model/index.ts";
import { EXIT } from "./failure.ts";
import { type Session, withDesk } from "./session.ts";
import { grouped } from "./times.ts";

const LEASE_MS = 60_000;

/** `headwater reset <source>`: removes what is stored from a source. Its entry in the configuration stays. */
export async function reset(session: Session, name: string, opts: { yes?: unknown }): Promise<number> {
  return withDesk(session, async ({ sources, store }) => {
    const { id } = sources.get(name);
    const items = (await store.stats([id]))[0]?.items ?? 0;
    if (opts.yes !== true && !(await confirmed(session, id, items))) return EXIT.error;
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

async function confirmed(session: Session, id: string, items: number): Promise<boolean> {
  if (process.stdin.isTTY !== true || session.globals.json) {
    throw new ConnectorError("usage", `Reset removes ${grouped(items)} items of ${id} from the local copy.`, {
      hint: `If that is wanted: headwater reset ${id} --yes`,
    });
  }
  const { confirm } = await import("@clack/prompts");
  return (
    (await confirm({
      message: `Remove ${grouped(items)} items of ${id} from the local copy?`,
      initialValue: false,
      signal: session.signal,
    })) === true
  );
}
