import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runTool } from "../../src/tools/call.ts";
import { buildSurface } from "../../src/tools/surface.ts";
import { tellFigure } from "../proof/figure.ts";
import { filledDesk } from "../server/fake-app.ts";
import type { FakeDesk } from "./fake-desk.ts";

/** Reliability S1. HEADWATER_FUZZ=10000 is the full number. */
const RUNS = Number(process.env.HEADWATER_FUZZ ?? 1000);
const LIMIT_MS = 25_000 * Math.max(1, RUNS / 1000);
const surface = buildSurface({ version: "0.0.0-test", sources: ["notes", "mail"] });
/** What must never reach a client: stacks, paths of this machine, words of unforeseen errors. */
const LEAK =
  /\n\s+at .+:\d+|node_modules|\/src\/tools|TypeError|RangeError|Cannot read propert|is not a function|ZodError/;

let desk: FakeDesk;
const told = { tools: 0, inputs: 0, answered: 0 };

beforeAll(() => {
  desk = filledDesk();
  desk.syncMs = 1;
  desk.slow.clear();
});

afterAll(() => {
  const must = { tools: surface.tools.size, answered: RUNS * surface.tools.size };
  tellFigure("S1", "odd inputs to every tool, answered in its shape or with a sentence", told, must);
});

const oddText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    " ",
    "notes",
    "notes/garden/plan.md",
    "../../etc/passwd",
    "\u0000",
    "\uD800",
    "%00",
    "__proto__",
    "7d",
  ),
  fc.constantFrom(
    "' OR 1=1 --",
    '"',
    "a".repeat(5000),
    "headwater://notes/x",
    "NEAR(",
    "**",
    "NaN",
    "-1",
    "🌊".repeat(50),
  ),
);
const oddValue = fc.oneof(
  oddText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(oddText, { maxLength: 5 }),
);

function argumentsOf(name: string): fc.Arbitrary<unknown> {
  const names = Object.keys(surface.tools.get(name)!.input.shape);
  const key = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...names, "extra") }, { weight: 1, arbitrary: oddText });
  const object = fc.array(fc.tuple(key, oddValue), { maxLength: 6 }).map((pairs) => Object.fromEntries(pairs));
  return fc.oneof({ weight: 9, arbitrary: object }, { weight: 1, arbitrary: oddValue });
}

describe("whatever a client sends", () => {
  it.each([...surface.tools.keys()])(
    `%s answers in its shape or with a sentence, ${RUNS} times`,
    async (name) => {
      const tool = surface.tools.get(name)!;
      told.tools += 1;
      told.inputs += RUNS;
      const context = () => ({ mcpReq: { signal: AbortSignal.timeout(5000), _meta: {} } }) as never;
      await fc.assert(
        fc.asyncProperty(argumentsOf(name), async (args) => {
          const quick =
            typeof args === "object" && args !== null && name === "sync_source" ? { wait_seconds: 0, ...args } : args;
          const { result } = await runTool(tool, quick, async () => desk, context());
          const text = (result.content as { text: string }[])[0]!.text;
          expect(text.length).toBeGreaterThan(0);
          expect(text.length).toBeLessThan(24_500);
          if (result.isError) expect(text).not.toMatch(LEAK);
          else expect(tool.output.safeParse(result.structuredContent).success).toBe(true);
          expect(text).not.toContain("Unexpected failure inside headwater");
          told.answered += 1;
        }),
        { numRuns: RUNS, interruptAfterTimeLimit: LIMIT_MS, markInterruptAsFailure: true },
      );
    },
    LIMIT_MS + 10_000,
  );
});
