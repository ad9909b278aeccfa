import type { SourceTest } from "../sync/types.ts";
import { EXIT, exitCodeOf } from "./failure.ts";
import { chosenSources, type Session, withDesk } from "./session.ts";
import { wrapped } from "./table.ts";
import { safeText } from "./terminal.ts";
import { took } from "./times.ts";

/** `headwater test [sources…]`: each source's own check. Exit code 0 only when all are fine. */
export async function test(session: Session, names: readonly string[]): Promise<number> {
  return withDesk(session, async (desk) => {
    const tests = await Promise.all(chosenSources(desk, names).map((name) => desk.engine.test(name)));
    if (session.globals.json) session.terminal.json({ tests });
    else for (const one of tests) tellTest(session, one);
    if (tests.length === 0 && !session.globals.json) session.terminal.line("No sources to test.");
    return codeOf(tests);
  });
}

/** One test as lines for a person. */
export function tellTest({ terminal }: Pick<Session, "terminal">, test: SourceTest): void {
  const { bold, dim, green, red, yellow } = terminal.style;
  const mark = test.ok ? green("ok") : red("failed");
  const below = (text: string, indent?: string) => terminal.line(wrapped(text, terminal.columns, indent));
  terminal.line(
    `${bold(test.source)}  ${mark}${test.account ? `  ${safeText(test.account)}` : ""}  ${dim(took(test.tookMs))}`,
  );
  for (const words of [test.problem?.message, test.problem?.hint]) if (words) below(safeText(words));
  for (const granted of test.granted) below(`may read: ${safeText(granted)}`);
  for (const missing of test.missing) {
    below(`${yellow("missing")}: ${safeText(missing.what)}`);
    for (const words of [missing.why, missing.how]) below(safeText(words), "    ");
  }
  for (const limit of test.limits) below(`limit: ${safeText(limit)}`);
  for (const warning of test.warnings) below(`${yellow("note")}: ${safeText(warning)}`);
}

function codeOf(tests: readonly SourceTest[]): number {
  const failed = tests.filter((test) => !test.ok);
  if (failed.length === 0) return EXIT.ok;
  return failed.length < tests.length ? EXIT.partial : exitCodeOf(failed[0]?.problem?.kind ?? "bug");
}
