import type { Desk } from "./desk.ts";
import { catalogue, catalogueText } from "./list-sources.ts";
import { syncOf, syncText } from "./sync-words.ts";
import { lastTest } from "./test-source.ts";
import { ago } from "./time.ts";

/** State of one source as Markdown: what is stored, the last sync, the last test of this process. */
export async function sourceText(desk: Desk, source: string): Promise<string> {
  const lines = (await catalogue(desk)).filter((each) => each.source === source);
  const report = await desk.engine.status({ source });
  const test = lastTest(desk, source);
  return [
    `# ${source}`,
    catalogueText(lines),
    `## Last sync\n${report ? syncText(syncOf(report, desk.viewer)) : "None yet. sync_source starts one."}`,
    `## Last test\n${test ? `${test.text} (${ago(test.at)})` : "None since this server started. test_source runs one."}`,
  ].join("\n\n");
}
