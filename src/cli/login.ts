import { readFileSync } from "node:fs";
import type { App } from "../app.ts";
import type { LoginClient, SignIn } from "../connectors/kit/index.ts";
import { ConnectorError } from "../model/index.ts";
import { systemClock } from "../sources/clock.ts";
import { setOption, writeConfig } from "../sources/edit-config.ts";
import { leadLogin } from "../sources/login/lead-login.ts";
import { waysOf } from "../sources/login/log-in.ts";
import type { LoginWay } from "../sources/login/login-request.ts";
import { mayHaveBrowser, openBrowser } from "../sources/login/open-browser.ts";
import { openedOptions, type SourceLogin, sourceLogin, waysIn } from "../sources/login/source-login.ts";
import { type ConfiguredSource, unknownSource } from "../sources/read-source.ts";
import { EXIT, exitCodeOf } from "./failure.ts";
import { loginPerson } from "./login-person.ts";
import { noConfiguration, type Session, withApp, withDesk } from "./session.ts";
import { tellTest } from "./test.ts";

interface Opts {
  device?: unknown;
  /** Commander's form of `--no-browser`. */
  browser?: unknown;
  clientId?: unknown;
}

/** `headwater login <source>`: signs a person in, keeps what was given encrypted, and tests the source with it. */
export async function login(session: Session, name: string, opts: Opts): Promise<number> {
  await withApp(session, async (app) => {
    if (!app.config.path) throw noConfiguration();
    const source = await openedOptions(configuredSource(app, name, session.globals.tenant), app.secrets);
    const changed = typeof opts.clientId === "string" ? { clientId: opts.clientId } : {};
    const known = await knownLogin(source, changed);
    const client = clientOf(known, source);
    const way = chosenWay(client, opts);
    await leadThrough(session, app, source, client, way);
    if ("clientId" in changed) keepClientId(app.config.path, name, changed.clientId);
  });
  return testLogin(session, name);
}

async function leadThrough(
  session: Session,
  app: App,
  source: ConfiguredSource,
  client: LoginClient,
  way: LoginWay,
): Promise<void> {
  const { signal, terminal, log } = session;
  await leadLogin({
    source,
    client,
    way,
    person: loginPerson(source.entry.id),
    open: openBrowser,
    logins: app.logins(source.entry.settings.tenant),
    clock: systemClock,
    log,
    signal,
    onWait: ({ pid }) => terminal.note(`Another login is under way in process ${pid}; this one waits until it ends.`),
    onTurn: () =>
      terminal.note(`headwater asks ${new URL(client.tokenUrl).host} for this: ${client.allows} It only ever reads.`),
  });
}

async function testLogin(session: Session, name: string): Promise<number> {
  return withDesk(session, async (desk, app) => {
    const test = await desk.engine.test(name);
    const { json } = session.globals;
    if (json)
      session.terminal.json({ source: name, login: await app.logins(session.globals.tenant).state(name), test });
    else {
      tellTest(session, test);
      session.terminal.line(test.ok ? `Next: headwater sync ${name}` : "The login is kept.");
    }
    return test.ok ? EXIT.ok : exitCodeOf(test.problem?.kind ?? "bug");
  });
}

/** The source by its name, of the tenant that the command is for. */
export function configuredSource(app: App, name: string, tenant = "default"): ConfiguredSource {
  const mine = app.config.sources.filter(({ entry }) => entry.settings.tenant === tenant);
  const found = mine.find(({ entry }) => entry.id === name);
  if (found) return found;
  throw unknownSource(
    name,
    mine.map(({ entry }) => entry.id),
  );
}

async function knownLogin(source: ConfiguredSource, changed: { clientId?: string }): Promise<SourceLogin> {
  const known = await sourceLogin(source);
  if (changed.clientId === undefined) return known;
  if (Object.hasOwn(known.connector.config.shape, "clientId")) return sourceLogin(source, changed);
  throw new ConnectorError("usage", `${known.connector.title} has no option clientId.`, {
    hint: `See its options: headwater connectors ${known.connector.id}`,
  });
}

/** The client to log in with, or why there is none and what would help. */
function clientOf({ connector, method, client }: SourceLogin, source: ConfiguredSource): LoginClient {
  if (client) return client;
  const { id } = source.entry;
  if (method?.app) {
    throw new ConnectorError("usage", `${id} needs no login: its app signs in by itself, with its secret.`, {
      hint: `Check it: headwater test ${id}`,
    });
  }
  const possible = waysIn(connector).find((one) => one.login);
  if (!possible) {
    throw new ConnectorError("usage", `${id} needs no login: ${connector.title} is not signed in to in a browser.`, {
      hint: method ? howToOf(method, source) : `Check it: headwater test ${id}`,
    });
  }
  const inUse = method ? `It uses ${method.title} now, as its options say.` : "";
  throw new ConnectorError("config", `${id} is not set up for a login. ${inUse}`.trim(), {
    hint: `${howToOf(possible, source)} Then: headwater login ${id} --client-id <client id>`,
  });
}

/** As the options of this source have it: an address of another server stands there as it is. */
function howToOf(way: SignIn, source: ConfiguredSource): string {
  try {
    return way.howToFor?.(source.entry.written) ?? way.howTo;
  } catch {
    return way.howTo; // The address is a reference.
  }
}

function chosenWay(client: LoginClient, opts: Opts): LoginWay {
  const ways = waysOf(client);
  const wanted: LoginWay[] =
    opts.device === true
      ? ["device"]
      : opts.browser === false || !mayHaveBrowser()
        ? ["device", "paste"]
        : ["browser", "device"];
  const way = wanted.find((one) => ways.includes(one));
  if (way) return way;
  throw new ConnectorError("usage", "The service does not offer this way to log in.", {
    hint: "Leave --device out.",
  });
}

function keepClientId(path: string, name: string, clientId: string | undefined): void {
  writeConfig(path, setOption(readFileSync(path, "utf8"), ["sources", name, "clientId"], clientId));
}
