import { codeSpans, withoutCode } from "../../kit/index.ts";

/** Markdown without Obsidian's `%%comments%%`. In code they are kept, and so is one that is never closed. */
export function withoutComments(text: string): string {
  if (!text.includes("%%")) return text;
  const bare = withoutCode(text, codeSpans(text));
  const kept: string[] = [];
  let at = 0;
  for (;;) {
    const open = bare.indexOf("%%", at);
    const close = open < 0 ? -1 : bare.indexOf("%%", open + 2);
    if (close < 0) break;
    kept.push(text.slice(at, open));
    at = close + 2;
    // A comment that fills its lines takes its line break along.
    if ((open === 0 || bare[open - 1] === "\n") && bare[at] === "\n") at += 1;
  }
  kept.push(text.slice(at));
  return kept.join("");
}
