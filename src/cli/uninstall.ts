import { problemOf } from "../model/index.ts";
import { chooseClients, namedClients } from "./clients/choose-clients.ts";
import { type FileClient, fileOf } from "./clients/client.ts";
import { FILE_CLIENTS } from "./clients/clients.ts";
import { serverName } from "./clients/install-options.ts";
import { thisPlace } from "./clients/place.ts";
import { isSetUp, type SetUp, takeOut } from "./clients/set-up.ts";
import { finishClients, type Refusal } from "./clients/tell-clients.ts";
import { EXIT } from "./failure.ts";
import type { Session } from "./session.ts";

export interface UninstallOptions {
  client?: unknown;
  all?: unknown;
  print?: unknown;
  name?: unknown;
}

/** `headwater uninstall`: takes headwater out of the files of AI assistants. Its own configuration and data stay. */
export async function uninstall(session: Session, opts: UninstallOptions): Promise<number> {
  const name = serverName(opts.name);
  const place = thisPlace();
  const refused: Refusal[] = [];
  const { files, byHand } = namedClients(opts.client);
  for (const { title } of byHand)
    session.terminal.note(`${title} is set up in its own window; remove headwater there.`);
  const isNamed = files.length + byHand.length > 0;
  const found = (isNamed ? files : FILE_CLIENTS).filter((client) =>
    guarded(client, refused, () => isNamed || isSetUp(client, place, name)),
  );
  if (opts.print === true) return print(session, found);
  const asks =
    !isNamed && opts.all !== true && found.length > 0 && process.stdin.isTTY === true && !session.globals.json;
  const chosen = asks ? await chooseClients("Take headwater out of which?", found, found, session.signal) : found;
  const done: SetUp[] = [];
  for (const client of chosen) {
    try {
      done.push(await takeOut(client, place, name));
    } catch (error) {
      refused.push({ client: client.id, title: client.title, problem: problemOf(error) });
    }
  }
  return finishClients(session, done, refused, "uninstall");
}

/** A file that cannot be read is told of and left out. */
function guarded(client: FileClient, refused: Refusal[], ask: () => boolean): boolean {
  try {
    return ask();
  } catch (error) {
    refused.push({ client: client.id, title: client.title, problem: problemOf(error) });
    return false;
  }
}

function print(session: Session, clients: readonly FileClient[]): number {
  const rows = clients.map((client) => ({ client: client.id, title: client.title, file: fileOf(client, thisPlace()) }));
  if (session.globals.json) session.terminal.json({ written: false, clients: rows });
  else for (const { title, file } of rows) session.terminal.line(`${title}: would be removed from ${file}`);
  return EXIT.ok;
}
