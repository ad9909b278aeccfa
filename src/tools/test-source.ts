import { z } from "zod";
import type { SourceTest } from "../sync/types.ts";
import { cleanLine } from "./clean.ts";
import { defineTool } from "./define.ts";
import type { Desk } from "./desk.ts";
import { type Fitted, fitting } from "./fit.ts";
import { forAssistant } from "./hints.ts";

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
    const tests = kept.get(desk.store) ?? new Map();
    kept.set(desk.store, tests.set(source, { at: new Date().toISOString(), test }));
    const answer = told(test, desk);
    return { ...answer, ...(test.problem?.kind === "auth" && { wantsLogin: source }) };
  },
});

const kept = new WeakMap<Desk["store"], Map<string, { at: string; test: SourceTest }>>();

/** The newest test of a source since this process started, as far as this viewer may know it. */
export function lastTest(desk: Desk, source: string): { at: string; text: string } | undefined {
  const last = kept.get(desk.store)?.get(source);
  return last && { at: last.at, text: told(last.test, desk).text };
}

function told(test: SourceTest, desk: Desk): Fitted<Output> {
  const known = desk.viewer === "everything" ? test : verdictOf(test);
  return fitting(desk.resultTokens, LEVELS, (most) => {
    const shown = shape(known, most);
    return { output: shown, text: testText(shown, known.granted.length - shown.granted.length) };
  });
}

/** A test names accounts and places. Who may not see every item is told how it went, and nothing more. */
function verdictOf({ source, ok, tookMs, problem }: SourceTest): SourceTest {
  const verdict = { source, ok, tookMs, granted: [], missing: [], limits: [], warnings: [] };
  const hint = `Only its owner may see why. On the machine of the server: headwater test ${source}`;
  return problem
    ? { ...verdict, problem: { kind: problem.kind, message: "It cannot be read just now.", hint } }
    : verdict;
}

/** How many things of each sort are told: the fullest first. */
const LEVELS = [20, 10, 5, 2] as const;

function shape(test: SourceTest, most: number): Output {
  const line = (text: string) => cleanLine(text, 300);
  return {
    source: test.source,
    ok: test.ok,
    account: test.account === undefined ? undefined : cleanLine(test.account),
    granted: test.granted.slice(0, most).map(line),
    missing: test.missing
      .slice(0, most)
      .map(({ what, why, how }) => ({ what: line(what), why: line(why), how: line(forAssistant(how)) })),
    limits: test.limits.slice(0, Math.min(10, most)).map(line),
    warnings: test.warnings.slice(0, most).map(line),
    problem: test.problem && line(test.problem.message),
    hint: test.problem?.hint && line(forAssistant(test.problem.hint)),
    took_ms: Math.round(test.tookMs),
  };
}

function testText(test: Output, untold: number): string {
  const head = test.ok
    ? `**${test.source}** works${test.account ? `, as ${test.account}` : ""} (${test.took_ms} ms).`
    : `**${test.source}** does not work. ${test.problem ?? ""} ${test.hint ?? ""}`.trimEnd();
  const lines = [head];
  for (const granted of test.granted) lines.push(`- may read: ${granted}`);
  if (untold > 0) lines.push(`- may read: ${untold} more, see headwater test ${test.source}`);
  for (const gap of test.missing) lines.push(`- missing: ${gap.what}. ${gap.why} ${gap.how}`);
  for (const limit of test.limits) lines.push(`- limit: ${limit}`);
  for (const warning of test.warnings) lines.push(`- note: ${warning}`);
  return lines.join("\n");
}
