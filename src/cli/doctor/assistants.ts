import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { problemOf } from "../../model/index.ts";
import { type FileClient, fileOf, isInstalled } from "../clients/client.ts";
import { FILE_CLIENTS } from "../clients/clients.ts";
import type { Entry } from "../clients/entry.ts";
import { serverName } from "../clients/install-options.ts";
import { type Place, thisPlace } from "../clients/place.ts";
import { entryIn } from "../clients/set-up.ts";
import type { Check } from "./check.ts";

const NAME = "assistants";

/** Which assistants on this machine know headwater, and whether what they start is still there. */
export function assistantChecks(place: Place = thisPlace()): Check[] {
  const found = FILE_CLIENTS.filter((client) => isInstalled(client, place));
  const [knowing, others, troubled]: [string[], FileClient[], Check[]] = [[], [], []];
  for (const client of found) {
    try {
      const entry = entryIn(client, place, serverName(undefined));
      const gone = entry && missingPart(entry);
      if (!entry) others.push(client);
      else if (gone === undefined) knowing.push(client.title);
      else troubled.push(stale(client, gone));
    } catch (error) {
      const { message, hint = "" } = problemOf(error);
      troubled.push({ name: NAME, state: "note", says: `${client.title}: ${message} ${hint}`.trim() });
    }
  }
  if (knowing.length > 0) troubled.unshift({ name: NAME, state: "ok", says: `${listed(knowing)} can ask headwater` });
  return troubled.length > 0 ? troubled : [nobody(others, place)];
}

/** The program that an entry starts, or its file, where that is not there any more: after a move, or with another Node.js. */
function missingPart({ command, cmd, args }: Entry): string | undefined {
  const words = [command ?? cmd, args].flat().slice(0, 2);
  return words.find((word): word is string => typeof word === "string" && isAbsolute(word) && !existsSync(word));
}

function stale(client: FileClient, gone: string): Check {
  const says = `${client.title} cannot start headwater: ${gone} is not there any more. Set it up again: headwater install --client ${client.id}`;
  return { name: NAME, state: "bad", says };
}

function nobody(others: readonly FileClient[], place: Place): Check {
  const [first] = others;
  const says =
    first === undefined
      ? "none was found on this machine. For one that is elsewhere: headwater install --print"
      : others.length === 1
        ? `${first.title} does not know headwater yet. Tell it (${fileOf(first, place)}): headwater install --client ${first.id}`
        : `${listed(others.map(({ title }) => title))} do not know headwater yet. Tell them: headwater install --all`;
  return { name: NAME, state: "note", says };
}

function listed(titles: readonly string[]): string {
  return titles.length < 2 ? titles.join("") : `${titles.slice(0, -1).join(", ")} and ${titles.at(-1)}`;
}
