import { ConnectorError, problemOf } from "../model/index.ts";
import { findConfig, missingConfig } from "../sources/find-config.ts";
import { absolutePath } from "../sources/references.ts";
import { chooseClients, namedClients } from "./clients/choose-clients.ts";
import { type FileClient, isInstalled } from "./clients/client.ts";
import { FILE_CLIENTS, type HAND_CLIENTS } from "./clients/clients.ts";
import type { Door } from "./clients/entry.ts";
import { addressDoor, serverName } from "./clients/install-options.ts";
import { installLinks } from "./clients/links.ts";
import { thisPlace } from "./clients/place.ts";
import { planSetUp, type SetUp, setUp } from "./clients/set-up.ts";
import { runningHere, startCommand } from "./clients/start-command.ts";
import { finishClients, type Refusal, tellClients } from "./clients/tell-clients.ts";
import { EXIT } from "./failure.ts";
import type { Session } from "./session.ts";

export interface InstallOptions {
  client?: unknown;
  all?: unknown;
  print?: unknown;
  links?: unknown;
  name?: unknown;
  http?: unknown;
  tokenEnv?: unknown;
}

/** `headwater install`: tells AI assistants on this machine how to start headwater. */
export async function install(session: Session, opts: InstallOptions): Promise<number> {
  const name = serverName(opts.name);
  const door = addressDoor(opts.http, opts.tokenEnv) ?? programDoor(session);
  if (opts.links === true) return tellLinks(session, name, door);
  const place = thisPlace();
  const { files, byHand } = namedClients(opts.client);
  if (opts.print === true) {
    const found = FILE_CLIENTS.filter((client) => isInstalled(client, place));
    const shown = files.length + byHand.length > 0 ? files : found.length > 0 ? found : FILE_CLIENTS;
    return print(session, name, door, shown, byHand);
  }
  const chosen = await chosenFor(session, opts, files, byHand);
  for (const client of byHand) tellByHand(session, client, name, door);
  return installInto(session, chosen, name, door);
}

/** Writes the entry into each client's file and tells what was done. */
export async function installInto(
  session: Session,
  clients: readonly FileClient[],
  name: string,
  door: Door,
): Promise<number> {
  const done: SetUp[] = [];
  const refused: Refusal[] = [];
  for (const client of clients) {
    try {
      done.push(await setUp(client, thisPlace(), name, door));
    } catch (error) {
      refused.push({ client: client.id, title: client.title, problem: problemOf(error) });
    }
  }
  return finishClients(session, done, refused, "install");
}

/** How clients start this headwater with the configuration that is in force now. */
export function programDoor({ globals }: Pick<Session, "globals">): Door {
  const found = findConfig(globals.config === undefined ? {} : { configPath: globals.config });
  if (found.origin === "asked" && found.path === undefined) throw missingConfig(found.wanted);
  if (found.origin === "project") {
    throw new ConnectorError("usage", `${found.path} is in force only in this folder, where assistants do not start.`, {
      hint: "If they are to use it: headwater install --config ./headwater.yaml    else run this in another folder",
    });
  }
  const data = globals.data ?? (process.env.HEADWATER_DATA || undefined);
  return startCommand(thisPlace(), runningHere(), [
    "serve",
    ...(found.origin === "asked" ? ["--config", found.path as string] : []),
    ...(data === undefined ? [] : ["--data", absolutePath(data, process.cwd())]),
    ...(globals.tenant === undefined ? [] : ["--tenant", globals.tenant]),
  ]);
}

async function chosenFor(
  session: Session,
  opts: InstallOptions,
  files: readonly FileClient[],
  byHand: readonly unknown[],
): Promise<readonly FileClient[]> {
  if (files.length + byHand.length > 0) return files;
  const found = FILE_CLIENTS.filter((client) => isInstalled(client, thisPlace()));
  const asks = opts.all !== true && process.stdin.isTTY === true && session.globals.json !== true;
  if (asks) return chooseClients("Add headwater to which assistants?", FILE_CLIENTS, found, session.signal);
  if (opts.all === true && found.length > 0) return found;
  const ids = found.map((client) => client.id).join(" ");
  throw new ConnectorError(
    "usage",
    found.length === 0 ? "No assistant was found on this machine." : "Say which assistants are meant.",
    {
      hint:
        found.length === 0
          ? `Name one: headwater install --client cursor    Known: ${FILE_CLIENTS.map(({ id }) => id).join(", ")}`
          : `headwater install --client ${ids}    or all found here: headwater install --all`,
    },
  );
}

function print(
  session: Session,
  name: string,
  door: Door,
  clients: readonly FileClient[],
  byHand: readonly (typeof HAND_CLIENTS)[number][],
): number {
  const plans: ReturnType<typeof planSetUp>[] = [];
  const refused: Refusal[] = [];
  for (const client of clients) {
    try {
      plans.push(planSetUp(client, thisPlace(), name, door));
    } catch (error) {
      refused.push({ client: client.id, title: client.title, problem: problemOf(error) });
    }
  }
  if (session.globals.json) session.terminal.json({ written: false, clients: plans, refused });
  else {
    for (const plan of plans) {
      const verb = { added: "would be added to", updated: "would be updated in" }[plan.outcome as string];
      session.terminal.line(session.terminal.style.bold(`${plan.title}: ${verb ?? "stands already in"} ${plan.file}`));
      session.terminal.line(plan.says);
    }
    for (const client of byHand) tellByHand(session, client, name, door);
    tellClients(session, [], refused);
  }
  return refused.length === 0 ? EXIT.ok : plans.length === 0 ? EXIT.error : EXIT.partial;
}

function tellByHand(session: Session, client: (typeof HAND_CLIENTS)[number], name: string, door: Door): void {
  const { terminal } = session;
  const entry = "command" in door ? { command: door.command, args: door.args } : { url: door.url };
  const paste =
    client.pastes === "json"
      ? JSON.stringify({ mcpServers: { [name]: entry } }, null, 2)
      : "url" in door
        ? door.url
        : "(none yet: see docs/operations.md, Serving over HTTP, then repeat with --http <address>)";
  if (session.globals.json) terminal.note(`${client.title}: ${client.byHand} ${paste}`);
  else {
    terminal.line(terminal.style.bold(client.title));
    terminal.line(`${client.byHand}\n${paste}\n`);
  }
}

function tellLinks(session: Session, name: string, door: Door): number {
  const links = installLinks(name, door);
  if (session.globals.json) session.terminal.json({ links });
  else for (const { title, url } of links) session.terminal.line(`${session.terminal.style.bold(title)}\n  ${url}`);
  return EXIT.ok;
}
