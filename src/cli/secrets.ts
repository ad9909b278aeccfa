import { isCancel, password } from "@clack/prompts";
import { ConnectorError } from "../model/index.ts";
import { systemClock } from "../sources/clock.ts";
import { type KeyFolder, openMasterKey } from "../sources/keys/master-key.ts";
import { rotateKey, secretsFile } from "../sources/keys/sealed-files.ts";
import { rememberSecret } from "../sources/secret.ts";
import { SECRET_NAME } from "../sources/secrets/own-secrets.ts";
import { type Session, withApp } from "./session.ts";

const LARGEST_BYTES = 64 * 1024;

/** `headwater secrets set|rm|list|rotate-key`: credentials that the configuration names as secret://name. */
export async function secrets(session: Session, verb: string, name?: string): Promise<undefined> {
  const where = await withApp(session, async (app) => ({ dataFolder: app.dataFolder, clock: systemClock }));
  if (verb === "list") return list(session, where);
  if (verb === "rotate-key") return rotate(session, where);
  if (name === undefined || !SECRET_NAME.test(name)) {
    throw new ConnectorError("usage", `${JSON.stringify(name ?? "")} cannot be the name of a secret.`, {
      hint: "Names are letters, digits, dots, hyphens and underscores, such as: headwater secrets set work-github",
    });
  }
  return verb === "set" ? set(session, where, name) : remove(session, where, name);
}

async function set({ terminal, globals, signal }: Session, where: KeyFolder, name: string): Promise<undefined> {
  const value = process.stdin.isTTY ? await typed(name, signal) : await piped();
  rememberSecret(value);
  const file = secretsFile(where);
  const isNew = !file.names().includes(name);
  await file.write(name, value);
  const { place } = await openMasterKey(where);
  if (globals.json) {
    terminal.json({ name, isNew, key: place });
    return undefined;
  }
  terminal.line(`${isNew ? "Kept" : "Replaced"} ${name}. Write it in the configuration as: secret://${name}`);
  terminal.note(`It is encrypted; the key is in ${place}.`);
  return undefined;
}

async function remove({ terminal, globals }: Session, where: KeyFolder, name: string): Promise<undefined> {
  const removed = await secretsFile(where).remove(name);
  if (!removed)
    throw new ConnectorError("usage", `There is no secret named ${name}.`, { hint: "See: headwater secrets list" });
  if (globals.json) terminal.json({ name, removed });
  else terminal.line(`Removed ${name}.`);
  return undefined;
}

async function list({ terminal, globals }: Session, where: KeyFolder): Promise<undefined> {
  const names = secretsFile(where).names().sort();
  if (globals.json) terminal.json({ secrets: names });
  else if (names.length === 0) terminal.line("No secrets yet. Keep one: headwater secrets set <name>");
  else for (const name of names) terminal.line(`secret://${name}`);
  return undefined;
}

async function rotate({ terminal, globals }: Session, where: KeyFolder): Promise<undefined> {
  const { records, place } = await rotateKey(where);
  if (globals.json) terminal.json({ records, key: place });
  else
    terminal.line(`A new key is in ${place}; ${records} ${records === 1 ? "entry is" : "entries are"} sealed with it.`);
  return undefined;
}

/** Never on the command line, where every process could see it. */
async function typed(name: string, signal: AbortSignal): Promise<string> {
  const value = await password({ message: `The secret ${name}, which is not shown`, signal });
  if (isCancel(value)) throw new ConnectorError("cancelled", "Nothing was kept.");
  return sound(value);
}

async function piped(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    bytes += (chunk as Buffer).length;
    if (bytes > LARGEST_BYTES) throw new ConnectorError("usage", "A secret is at most 64 KB.");
    chunks.push(chunk as Buffer);
  }
  return sound(
    Buffer.concat(chunks)
      .toString("utf8")
      .replace(/\r?\n$/, ""),
  );
}

function sound(value: string): string {
  if (value !== "") return value;
  throw new ConnectorError("usage", "Nothing was given to keep.", {
    hint: "Type it when asked, or pipe it in: headwater secrets set work-github < token.txt",
  });
}
