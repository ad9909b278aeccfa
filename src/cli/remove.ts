import { readFileSync } from "node:fs";
import { removeSource, writeConfig } from "../sources/edit-config.ts";
import { EXIT } from "./failure.ts";
import { confirmed, forgetStored } from "./reset.ts";
import { noConfiguration, type Session, withDesk } from "./session.ts";
import { itemCount } from "./times.ts";

/**
 * `headwater remove <source>`: takes a source out of the configuration and forgets what it brought and its login.
 * Comments and other sources stay. A credential kept under a name of its own stays too, since others may use it.
 */
export async function remove(session: Session, name: string, opts: { yes?: unknown }): Promise<number> {
  return withDesk(session, async ({ sources, store }, { config, logins }) => {
    const { id, settings, written } = sources.get(name);
    const { path } = config;
    if (path === undefined) throw noConfiguration();
    const items = (await store.stats([id]))[0]?.items ?? 0;
    const what = `${id} with its ${itemCount(items)}`;
    if (opts.yes !== true && !(await confirmed(session, "Remove", what, id))) return EXIT.error;
    const shorter = removeSource(readFileSync(path, "utf8"), id);
    await forgetStored(store, id, "remove");
    writeConfig(path, shorter);
    const loggedOut = (await logins(settings.tenant).forget(id)) !== undefined;
    const secrets = keptUnder(written);
    if (session.globals.json) session.terminal.json({ source: id, config: path, removed: items, loggedOut, secrets });
    else {
      session.terminal.line(`Removed ${id} from ${path}, and its ${itemCount(items)} from the local copy.`);
      if (loggedOut)
        session.terminal.line("Its login was forgotten; the service may still list headwater as authorized.");
      for (const secret of secrets)
        session.terminal.line(`Its credential is still kept: headwater secrets rm ${secret}`);
      session.terminal.line("What serves it now, such as an assistant, does so until it is started again.");
    }
    return EXIT.ok;
  });
}

/** Names of the secrets that the options refer to. */
function keptUnder(written: Readonly<Record<string, unknown>>): string[] {
  const names = Object.values(written).flatMap((value) => (typeof value === "string" ? [value] : []));
  return names.flatMap((value) => /^secret:\/\/(.+)$/.exec(value)?.[1] ?? []);
}
