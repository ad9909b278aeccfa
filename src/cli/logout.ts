import { ConnectorError, problemOf } from "../model/index.ts";
import { systemClock } from "../sources/clock.ts";
import { withLoginHttp } from "../sources/login/login-http.ts";
import { openedOptions, sourceLogin } from "../sources/login/source-login.ts";
import { withdraw } from "../sources/login/withdraw.ts";
import { configuredSource } from "./login.ts";
import { noConfiguration, type Session, withApp } from "./session.ts";

/** `headwater logout <source>`: forgets the login here, and withdraws it at the service where the service offers that. */
export async function logout(session: Session, name: string): Promise<undefined> {
  await withApp(session, async (app) => {
    if (!app.config.path) throw noConfiguration();
    const source = configuredSource(app, name, session.globals.tenant);
    const { id, settings } = source.entry;
    const tokens = await app.logins(settings.tenant).forget(id);
    if (!tokens)
      throw new ConnectorError("usage", `Nobody is logged in for ${id}.`, { hint: "See: headwater sources" });
    const { client } = await openedOptions(source, app.secrets)
      .then((opened) => sourceLogin(opened))
      .catch(() => ({ client: undefined }));
    let withdrawn = false;
    if (client?.revocationUrl !== undefined) {
      const about = { source: id, allowPrivateNetwork: settings.allowPrivateNetwork, clock: systemClock };
      withdrawn = await withLoginHttp({ ...about, log: session.log, url: client.revocationUrl }, (http) =>
        withdraw(client, tokens, http.until(session.signal), session.signal),
      ).then(
        () => true,
        (error) => {
          session.terminal.note(`It could not be withdrawn at the service: ${problemOf(error).message}`);
          return false;
        },
      );
    }
    if (session.globals.json) return session.terminal.json({ source: id, loggedOut: true, withdrawn });
    session.terminal.line(`Logged out of ${id}. What was synced stays; headwater reset ${id} forgets it.`);
    if (!withdrawn) {
      session.terminal.line(
        "The service still lists headwater among your authorized applications; you can remove it there.",
      );
    }
  });
  return undefined;
}
