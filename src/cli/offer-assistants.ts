import { problemOf } from "../model/index.ts";
import { chooseClients } from "./clients/choose-clients.ts";
import { isInstalled } from "./clients/client.ts";
import { FILE_CLIENTS } from "./clients/clients.ts";
import { serverName } from "./clients/install-options.ts";
import { thisPlace } from "./clients/place.ts";
import { installInto, programDoor } from "./install.ts";
import type { Session } from "./session.ts";

/** At the end of `init`, on a terminal: offers to set up the assistants found here. What goes wrong is a remark, no failure. */
export async function offerAssistants(session: Session, chosen: boolean): Promise<void> {
  const found = FILE_CLIENTS.filter((client) => isInstalled(client, thisPlace()));
  if (found.length === 0) return;
  try {
    const door = programDoor(session);
    const question = "Add headwater to your assistants?";
    const clients = await chooseClients(question, found, found, session.signal, chosen ? found : []);
    if (clients.length > 0) await installInto(session, clients, serverName(undefined), door);
  } catch (error) {
    const { kind, message, hint } = problemOf(error);
    if (kind !== "cancelled") session.terminal.note(hint ? `${message}\n  ${hint}` : message);
  }
}
