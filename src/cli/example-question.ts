import { plainLine } from "../sources/plain-text.ts";
import type { Desk } from "../tools/desk.ts";

const MOST_WORDS = 4;
/** Kinds whose title is somebody's own words. */
const TELLING = new Set(["note", "issue", "pull_request", "discussion", "page", "message", "document"]);

/** A question that the local copy answers: words from the title of something new in these sources. */
export async function exampleQuestion(desk: Desk, sources: readonly string[]): Promise<string | undefined> {
  const { changes } = await desk.store.changes({
    sources: [...sources],
    verbs: ["added", "updated"],
    newestFirst: true,
    limit: 200,
    viewer: desk.viewer,
  });
  const told = changes.filter((change) => TELLING.has(change.kind)).map((change) => wordsOf(change.title));
  return told.find((words) => words.length > 1)?.join(" ");
}

/** The first plain words: none that a shell or a search would read otherwise. */
function wordsOf(title: string): string[] {
  const words =
    plainLine(title)
      .toLowerCase()
      .match(/\p{L}{3,}/gu) ?? [];
  return words.slice(0, MOST_WORDS);
}
