import { type CANCEL_SYMBOL, confirm, isCancel, select, text } from "@clack/prompts";
import { z } from "zod";
import type { Connector } from "../connectors/kit/index.ts";
import { ConnectorError } from "../model/index.ts";
import { askCredential } from "./ask-credential.ts";
import { type OptionField, optionFields } from "./option-fields.ts";

/**
 * Asks for what a connector is about and needs, for its first credential where none was given, and on request for the rest.
 * Only answers that differ from the default are kept.
 */
export async function askOptions(
  connector: Connector,
  given: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const fields = optionFields(connector);
  const open = fields.filter((field) => !(field.name in given) && field.type !== "map");
  const credential = fields.some((field) => field.secret && field.name in given)
    ? undefined
    : open.find((field) => field.secret);
  const needed = open
    .filter((field) => field.main || field.required || field === credential)
    .sort((left, right) => Number(right.main) - Number(left.main));
  const further = open.filter((field) => !needed.includes(field));
  const answers: Record<string, unknown> = { ...given };
  for (const field of needed) await keep(answers, connector, field, signal);
  if (
    further.length > 0 &&
    (await answered(confirm({ message: "Look at the other options too?", initialValue: false, signal })))
  ) {
    for (const field of further) await keep(answers, connector, field, signal);
  }
  return answers;
}

async function keep(
  answers: Record<string, unknown>,
  connector: Connector,
  field: OptionField,
  signal: AbortSignal,
): Promise<void> {
  const value = await ask(connector, field, signal);
  if (value !== undefined && JSON.stringify(value) !== JSON.stringify(field.fallback)) answers[field.name] = value;
}

async function ask(connector: Connector, field: OptionField, signal: AbortSignal): Promise<unknown> {
  const message = `${field.name}: ${field.description}`;
  if (field.type === "yes or no") return answered(confirm({ message, signal, initialValue: field.fallback === true }));
  if (field.choices.length > 0) {
    const options = field.choices.map((value) => ({ value, label: value }));
    return answered(select({ message, signal, options, initialValue: String(field.fallback ?? field.choices[0]) }));
  }
  if (field.secret) return askCredential(connector, field, signal);
  const written = await answered(
    text({
      signal,
      message: field.type === "list" ? `${message} (separate with commas)` : message,
      ...(field.fallback !== undefined && { placeholder: shown(field.fallback) }),
      validate: (value) => problemOf(connector, field, value ?? ""),
    }),
  );
  return readAnswer(field, written);
}

function problemOf(connector: Connector, field: OptionField, written: string): string | undefined {
  const schema = connector.config.shape[field.name] as z.core.$ZodType;
  const parsed = z.safeParse(schema, readAnswer(field, written));
  if (parsed.success) return undefined;
  return written.trim() === "" ? "It is needed." : (parsed.error.issues[0]?.message ?? "That does not fit.");
}

function readAnswer(field: OptionField, written: string | undefined): unknown {
  const trimmed = (written ?? "").trim();
  if (trimmed === "") return undefined;
  if (field.type === "number") return Number(trimmed);
  if (field.type !== "list") return trimmed;
  return trimmed
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

async function answered<T>(prompt: Promise<T | typeof CANCEL_SYMBOL>): Promise<T> {
  const answer = await prompt;
  if (isCancel(answer)) throw new ConnectorError("cancelled", "Stopped. Nothing was written.");
  return answer as T;
}
