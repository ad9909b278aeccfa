import { spawn } from "node:child_process";
import { isCancel, password, select } from "@clack/prompts";
import type { Connector } from "../connectors/kit/index.ts";
import { ConnectorError } from "../model/index.ts";
import type { OptionField } from "./option-fields.ts";

/** Longer than a program takes that only looks into a file. */
const LOOK_MS = 3000;

interface Choice {
  value: string | "typed" | "none";
  label: string;
  hint?: string;
}

/**
 * Asks where a credential is. What this machine seems to have already is offered as a reference; nothing is read from
 * there. Undefined: none. What is typed in full is answered in full, for `keepTyped` to put away.
 */
export async function askCredential(
  connector: Connector,
  field: OptionField,
  signal: AbortSignal,
): Promise<string | undefined> {
  const choices = await choicesFor(connector, field);
  const chosen =
    choices.length === 1
      ? "typed"
      : await select({ message: `${field.name}: ${field.description}`, options: choices, signal });
  if (isCancel(chosen)) throw stopped();
  if (chosen === "none") return undefined;
  return chosen === "typed" ? typed(field, signal) : chosen;
}

async function choicesFor(connector: Connector, field: OptionField): Promise<Choice[]> {
  const none = connector.http?.auth.find((way) => way.id === "none");
  return [
    ...variablesHere(field).map((name) => ({
      value: `\${${name}}`,
      label: `\${${name}}`,
      hint: "set in this shell; what starts headwater later needs it too",
    })),
    ...((await hasProgram(field))
      ? [
          {
            value: programSecret(field),
            label: `The login of ${field.kept.command?.[0]}`,
            hint: "you keep it with one command",
          },
        ]
      : []),
    { value: "typed", label: "Paste it, or write a reference", hint: "pasted ones are kept encrypted" },
    ...(field.required ? [] : [{ value: "none", label: "None", ...(none && { hint: none.howTo }) }]),
  ];
}

async function typed(field: OptionField, signal: AbortSignal): Promise<string | undefined> {
  const written = await password({
    message: `${field.name}, not shown. A reference is written \${VARIABLE}, file:/path or secret://name`,
    signal,
    validate: (value) => (field.required && !value ? "It is needed." : undefined),
  });
  if (isCancel(written)) throw stopped();
  return written || undefined;
}

/** Variables of this shell that usually hold such a credential. Their values are not looked at. */
export function variablesHere(field: OptionField, env: NodeJS.ProcessEnv = process.env): string[] {
  return (field.kept.variables ?? []).filter((name) => env[name]);
}

/** The reference to what the service's own program would print, once it is kept. */
function programSecret(field: OptionField): string {
  return `secret://${field.kept.command?.[0]}`;
}

/** The command that keeps the credential which the options name, where only a program of the service has it so far. */
export function keepCommand(
  fields: readonly OptionField[],
  options: Readonly<Record<string, unknown>>,
): string | undefined {
  const field = fields.find((one) => one.kept.command !== undefined && options[one.name] === programSecret(one));
  return field && `${field.kept.command?.join(" ")} | headwater secrets set ${field.kept.command?.[0]}`;
}

/** Whether the service's own program has a credential. What it prints goes nowhere. */
async function hasProgram({ kept }: OptionField): Promise<boolean> {
  if (kept.command === undefined) return false;
  const [program, ...args] = kept.command;
  const child = spawn(program, args, { stdio: "ignore", timeout: LOOK_MS });
  return new Promise((resolve) => {
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}

function stopped(): ConnectorError {
  return new ConnectorError("cancelled", "Stopped. Nothing was written.");
}
