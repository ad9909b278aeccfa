import type { CallToolResult, ServerContext } from "@modelcontextprotocol/server";
import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import { ConnectorError } from "../model/index.ts";
import { lengthWithin } from "./budget.ts";
import { cleanLine, cut } from "./clean.ts";
import type { Tool, ToolCall } from "./define.ts";
import type { Desk } from "./desk.ts";
import { forAssistant } from "./hints.ts";

const SHOWN_ISSUES = 5;

/** An answer as it goes on the wire, and the source that would need a login for a better one. */
export interface ToolRun {
  result: CallToolResult;
  wantsLogin?: string;
}

/** Runs one tool call from raw arguments to the answer on the wire. Never throws: what went wrong is an error result. */
export async function runTool(
  tool: Tool,
  raw: unknown,
  desk: () => Promise<Desk>,
  context: Pick<ServerContext, "mcpReq">,
): Promise<ToolRun> {
  try {
    const args = parseArguments(tool, raw);
    const call: ToolCall = { desk: await desk(), signal: context.mcpReq.signal, progress: progressOf(context) };
    const { output, text, wantsLogin } = await tool.run(args, call);
    const structured = tool.output.parse(output);
    const shown = capped(text ?? JSON.stringify(structured), call.desk.resultTokens);
    return { result: { content: [{ type: "text", text: shown }], structuredContent: structured }, wantsLogin };
  } catch (thrown) {
    return { result: errorResult(thrown) };
  }
}

/** The sentence and the hint of an error, for the client. */
export function errorResult(thrown: unknown): CallToolResult {
  const { message, hint } = ConnectorError.from(thrown);
  const text = hint ? `${message}\n${forAssistant(hint)}` : message;
  return { content: [{ type: "text", text }], isError: true };
}

/** Some clients send null for what was left out. */
function parseArguments(tool: Tool, raw: unknown): z.output<z.ZodObject> {
  const given = Object.entries((raw ?? {}) as object).filter(([, value]) => value !== null);
  const names = Object.keys(tool.input.shape);
  const unknown = given.find(([name]) => !names.includes(name));
  if (unknown) throw unknownArgument(tool, unknown[0], names);
  const parsed = tool.input.safeParse(
    Object.fromEntries(given.map(([name, value]) => [name, asMeant(tool.input.shape[name], value)])),
  );
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, SHOWN_ISSUES);
  const sentences = issues.map((issue) => {
    const { path } = issue;
    const name = String(path[0] ?? "arguments");
    if (path.length === 1 && !given.some(([one]) => one === name)) return missing(tool, name);
    return `${cleanLine(path.join("."), 60) || name}: ${cleanLine(issueText(issue))}`;
  });
  throw new ConnectorError("usage", `${tool.name} cannot be called like this.`, { hint: sentences.join("\n") });
}

/** Models write a list of one as the one, and lists, numbers and booleans as texts: that is understood, and nothing is guessed. */
function asMeant(schema: z.core.$ZodType | undefined, value: unknown): unknown {
  if (typeof value !== "string") return value;
  const wanted = typeOf(schema);
  if (wanted === "array") return listIn(value);
  if (wanted === "boolean" && /^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
  return wanted === "number" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

/** The type below what is optional or has a default. */
function typeOf(schema: z.core.$ZodType | undefined): string | undefined {
  const { type, innerType } = (schema?._zod.def ?? {}) as { type?: string; innerType?: z.core.$ZodType };
  return innerType === undefined ? type : typeOf(innerType);
}

function listIn(value: string): unknown {
  if (!value.startsWith("[")) return [value];
  try {
    return JSON.parse(value);
  } catch {
    return [value];
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  string: "a text",
};
const COUNTED: Readonly<Record<string, string>> = { array: " values", string: " characters" };

/** What a value has to be, in a few words. */
function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return `must be ${EXPECTED[issue.expected] ?? issue.expected}`;
  if (issue.code === "invalid_value") return `must be one of ${issue.values.map(String).join(", ")}`;
  if (issue.code === "too_big") return `must be at most ${issue.maximum}${COUNTED[issue.origin] ?? ""}`;
  if (issue.code !== "too_small") return issue.message;
  const isEmpty = issue.origin === "string" && Number(issue.minimum) === 1;
  return isEmpty ? "must not be empty" : `must be at least ${issue.minimum}${COUNTED[issue.origin] ?? ""}`;
}

function missing(tool: Tool, name: string): string {
  const what = (tool.input.shape[name] as z.ZodType | undefined)?.description;
  return `${name} is missing${what === undefined ? "" : `: ${what}`}.`;
}

function unknownArgument(tool: Tool, name: string, names: string[]): ConnectorError {
  const shown = cleanLine(name, 60);
  const near = names.length > 0 ? closest(shown, names) : undefined;
  const meant = near !== undefined && distance(shown, near) <= 3 ? ` Did you mean ${near}?` : "";
  return new ConnectorError("usage", `${tool.name} has no argument named "${shown}".${meant}`, {
    hint: names.length > 0 ? `It takes: ${names.join(", ")}.` : "It takes no arguments.",
  });
}

function capped(text: string, tokens: number): string {
  const length = lengthWithin(text, tokens);
  return length === text.length ? text : `${cut(text, length - 100)}\n… (cut: ask for fewer items)`;
}

function progressOf({ mcpReq }: Pick<ServerContext, "mcpReq">): ToolCall["progress"] {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let last = -1;
  return (done, total, message) => {
    if (done <= last) return;
    last = done;
    const params = { progressToken, progress: done, total, message };
    // A client that went away no longer wants to know.
    mcpReq.notify({ method: "notifications/progress", params }).catch(() => undefined);
  };
}
