import { fits } from "./budget.ts";
import type { Desk } from "./desk.ts";
import { catalogue, catalogueText } from "./list-sources.ts";
import { SYNC_LEVELS, syncOf, syncText } from "./sync-words.ts";
import { lastTest } from "./test-source.ts";
import { ago } from "./time.ts";

/** State of one source as Markdown: what is stored, the last sync, the last test of this process. */
export async function sourceText(desk: Desk, source: string): Promise<string> {
  const lines = (await catalogue(desk)).filter((each) => each.source === source);
  const report = await desk.engine.status({ source });
  const test = lastTest(desk, source);
  const tested = test?.text.split("\n") ?? [];
  const texts = SYNC_LEVELS.map((most) =>
    [
      `# ${source}`,
      catalogueText(lines),
      `## Last sync\n${report ? syncText(syncOf(report, desk.viewer, most)) : "None yet. sync_source starts one."}`,
      `## Last test${test ? `, ${ago(test.at)}\n${shortened(tested, most * 2)}` : "\nNone since this server started. test_source runs one."}`,
    ].join("\n\n"),
  );
  return texts.find((text) => fits(text, desk.resultTokens)) ?? (texts.at(-1) as string);
}

/** The verdict and so many of the lines below it. */
function shortened([verdict = "", ...lines]: readonly string[], most: number): string {
  const left = lines.length - most;
  return [verdict, ...lines.slice(0, most), ...(left > 0 ? [`- ${left} more: test_source tells`] : [])].join("\n");
}
