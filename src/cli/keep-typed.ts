import { systemClock } from "../sources/clock.ts";
import { secretsFile } from "../sources/keys/sealed-files.ts";
import { hasReference } from "../sources/references.ts";
import { rememberSecret } from "../sources/secret.ts";
import type { OptionField } from "./option-fields.ts";
import { type Session, withApp } from "./session.ts";

/** The options with every credential that was written in full kept encrypted, and a reference to it in its place. */
export async function keepTyped(
  session: Session,
  source: string,
  fields: readonly OptionField[],
  options: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const kept: Record<string, unknown> = { ...options };
  for (const { name, secret } of fields) {
    const value = options[name];
    if (!secret || typeof value !== "string" || value === "" || hasReference(value)) continue;
    rememberSecret(value);
    kept[name] = `secret://${await keep(session, `${source}-${name}`, value)}`;
    session.terminal.note(`Kept ${name} encrypted; the configuration says ${kept[name]}.`);
  }
  return kept;
}

async function keep(session: Session, wanted: string, value: string): Promise<string> {
  return withApp(session, async ({ dataFolder }) => {
    const file = secretsFile({ dataFolder, clock: systemClock });
    const taken = file.names();
    let name = wanted;
    for (let count = 2; taken.includes(name); count++) name = `${wanted}-${count}`;
    await file.write(name, value);
    return name;
  });
}

/** Whether a secret of this name is kept. */
export async function isKept(session: Session, name: string): Promise<boolean> {
  return withApp(session, async ({ dataFolder }) =>
    secretsFile({ dataFolder, clock: systemClock }).names().includes(name),
  );
}
