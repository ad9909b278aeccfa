import type { z } from "zod";
import type { Desk } from "./desk.ts";

/** What a tool does to the world; every tool states all four. */
export interface Effects {
  readOnly: boolean;
  destructive: boolean;
  idempotent: boolean;
  /** Reaches systems outside this machine. */
  openWorld: boolean;
}

/** What a tool works with during one call. */
export interface ToolCall {
  readonly desk: Desk;
  /** Aborts when the client cancels the call or goes away. */
  readonly signal: AbortSignal;
  /** Present when the client asked for progress. `done` never goes back. */
  readonly progress?: (done: number, total: number | undefined, message: string) => void;
}

/** What a tool answers: the structured part, and the same for reading. Without `text` the JSON of `output` stands for it. */
export interface ToolAnswer<Output> {
  output: Output;
  text?: string;
  /** The source whose credential did not hold: a client that can show a page is asked to lead to its login. */
  wantsLogin?: string;
}

export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  /** At most 64 of `a-z A-Z 0-9 _ -`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Flat; optional arguments have defaults or are optional. */
  readonly input: Input;
  readonly output: Output;
  readonly effects: Effects;
  /** Throws ConnectorError only; its sentence and hint are what the client is shown. */
  run(args: z.output<Input>, call: ToolCall): Promise<ToolAnswer<z.input<Output>>>;
}

/** Types the parts of a tool against each other. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(tool: Tool<Input, Output>): Tool {
  return tool as unknown as Tool;
}
