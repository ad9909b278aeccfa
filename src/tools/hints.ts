const WORD = String.raw`("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"',;]+)`;

/** Commands for which an assistant has a tool, and the call. Whatever else there is stays a command for the person. */
const CALLS: readonly [command: RegExp, call: (word: string) => string][] = [
  [new RegExp(`headwater search ${WORD}`, "g"), (words) => `search(query: ${quoted(words)})`],
  [new RegExp(`headwater fetch ${WORD}(?! -)`, "g"), (ref) => `fetch(id: ${quoted(ref)})`],
  [new RegExp(String.raw`headwater list ${WORD}(?! [-\w])`, "g"), (source) => `list_items(source: ${quoted(source)})`],
  [new RegExp(`headwater test ${WORD}(?! -)`, "g"), (source) => `test_source(source: ${quoted(source)})`],
  [
    new RegExp(`headwater sync ${WORD} --full`, "g"),
    (source) => `sync_source(source: ${quoted(source)}, mode: "full")`,
  ],
  [new RegExp(`headwater sync ${WORD}(?! -)`, "g"), (source) => `sync_source(source: ${quoted(source)})`],
  [/headwater (?:sources|status)\b(?! -)/g, () => "list_sources"],
  [/\bnextCursor\b/g, () => "next_cursor"],
];

/** A hint as an assistant can follow it: its own tools in place of the commands that do the same. */
export function forAssistant(hint: string): string {
  return CALLS.reduce((text, [command, call]) => text.replace(command, (_all, word: string) => call(word)), hint);
}

/** A word of a command line as a value; the end of a sentence is no part of it. */
function quoted(word: string): string {
  if (word.startsWith('"')) return word;
  return word.startsWith("'") ? JSON.stringify(word.slice(1, -1)) : JSON.stringify(word.replace(/[.:]$/, ""));
}
