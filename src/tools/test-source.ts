import { z } from "zod";
import type { SourceTest } from "../sync/types.ts";
import { cleanLine } from "./clean.ts";
import { defineTool } from "./define.ts";
import type { Desk } from "./desk.ts";

const Gap = z.object({ what: z.string(), why: z.string(), how: z.string() });

const Output = z.object({
  source: z.string(),
  ok: z.boolean(),
  account: z.string().optional(),
  granted: z.array(z.string()),
  missing: z.array(Gap),
  limits: z.array(z.string()),
  warnings: z.array(z.string()),
  problem: z.string().optional(),
  hint: z.string().optional(),
  took_ms: z.number(),
});
type Output = z.output<typeof Output>;

/** Signs in to a source and says what works and what to fix. */
export const testSource = defineTool({
  name: "test_source",
  title: "Test a source",
  description: "Sign in to one source now: does it work, as whom, what may it read, and what must be fixed.",
  input: z.object({ source: z.string() }),
  output: Output,
  effects: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  async run({ source }, { desk }) {
    desk.sources.get(source);
    const test = await desk.engine.test(source);
    const output = shape(test);
    const text = testText(output);
    const tests = kept.get(desk.store) ?? new Map();
    kept.set(desk.store, tests.set(source, { at: new Date().toISOString(), text }));
    return { output, text, ...(test.problem?.kind === "auth" && { wantsLogin: source }) };
  },
});

const kept = new WeakMap<Desk["store"], Map<string, { at: string; text: string }>>();

/** The newest test of a source since this process started. */
export function lastTest(desk: Desk, source: string): { at: string; text: string } | undefined {
  return kept.get(desk.store)?.get(source);
}

function shape(test: SourceTest): Output {
  const line = (text: string) => cleanLine(text, 300);
  return {
    source: test.source,
    ok: test.ok,
    account: test.account === undefined ? undefined : cleanLine(test.account),
    granted: test.granted.slice(0, 30).map(line),
    missing: test.missing
      .slice(0, 20)
      .map(({ what, why, how }) => ({ what: line(what), why: line(why), how: line(how) })),
    limits: test.limits.slice(0, 10).map(line),
    warnings: test.warnings.slice(0, 20).map(line),
    problem: test.problem && line(test.problem.message),
    hint: test.problem?.hint && line(test.problem.hint),
    took_ms: Math.round(test.tookMs),
  };
}

function testText(test: Output): string {
  const head = test.ok
    ? `**${test.source}** works${test.account ? `, as ${test.account}` : ""} (${test.took_ms} ms).`
    : `**${test.source}** does not work. ${test.problem ?? ""} ${test.hint ?? ""}`.trimEnd();
  const lines = [head];
  if (test.granted.length > 0) lines.push(`May read: ${test.granted.join("; ")}.`);
  if (test.limits.length > 0) lines.push(`Limits: ${test.limits.join("; ")}.`);
  for (const gap of test.missing) lines.push(`- missing: ${gap.what}. ${gap.why} ${gap.how}`);
  for (const warning of test.warnings) lines.push(`- note: ${warning}`);
  return lines.join("\n");
}
