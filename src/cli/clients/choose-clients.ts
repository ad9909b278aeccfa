import { ConnectorError } from "../../model/index.ts";
import { didYouMean } from "../../sources/nearest.ts";
import type { FileClient, HandClient } from "./client.ts";
import { FILE_CLIENTS, HAND_CLIENTS } from "./clients.ts";

/** The clients of `--client a b` or `--client a,b`. Throws `usage` for one that nobody knows. */
export function namedClients(given: unknown): { files: FileClient[]; byHand: HandClient[] } {
  const ids = [...new Set([given ?? []].flat().flatMap((one) => String(one).split(",")))].filter((id) => id !== "");
  const known = [...FILE_CLIENTS, ...HAND_CLIENTS].map((client) => client.id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw new ConnectorError("usage", `There is no client ${JSON.stringify(unknown)}.${didYouMean(unknown, known)}`, {
      hint: `Known are: ${known.join(", ")}`,
    });
  }
  return {
    files: FILE_CLIENTS.filter(({ id }) => ids.includes(id)),
    byHand: HAND_CLIENTS.filter(({ id }) => ids.includes(id)),
  };
}

/** Asks on the terminal; what was found is chosen already, unless said otherwise. */
export async function chooseClients(
  question: string,
  all: readonly FileClient[],
  found: readonly FileClient[],
  signal: AbortSignal,
  chosen = found,
): Promise<FileClient[]> {
  const { isCancel, multiselect } = await import("@clack/prompts");
  const others = all.filter((client) => !found.includes(client));
  const answer = await multiselect({
    message: `${question} Space to choose, Enter when done. Backups are kept.`,
    options: [...found, ...others].map((client) => ({
      value: client,
      label: client.title,
      ...(!found.includes(client) && { hint: "not found here" }),
    })),
    initialValues: [...chosen],
    required: false,
    signal,
  });
  if (isCancel(answer)) throw new ConnectorError("cancelled", "Stopped. Nothing was written.");
  return answer;
}
