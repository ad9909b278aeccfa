// From the tools' answers to words for people.

/** Takes away the marks that tell an assistant where a source's own words begin and end. */
export function unmarked(text) {
  return text
    .replace(/<\/?untrusted-[0-9a-f]+[^>]*>\n?/g, "")
    .replace(/«[0-9a-f]{10} | [0-9a-f]{10}»/g, "")
    .trim();
}

/** The words of the question as the snippet marked them. */
export function matchedWords(snippet) {
  return [...new Set([...snippet.matchAll(/\*\*([^*\n]{2,40})\*\*/g)].map(([, word]) => word))];
}

/** The first sentences of a Markdown text, as plain words, at most about `length` characters. */
export function passage(markdown, length) {
  const plain = markdown
    .split("\n")
    .map((each) => each.replace(/^\s*(?:#{1,6}|>|[-*]|\d+\.)\s+/, "").replace(/^\[!\w+\]\s*/, ""))
    .filter((each) => !/^\|?[\s:|-]*$/.test(each))
    .map((each) => each.replace(/^\||\|$/g, "").replace(/\s*\|\s*/g, " · "))
    .join("\n")
    .replace(/!?\[\[(?:[^\]|]*\|)?([^\]]*)\]\]/g, "$1")
    .replace(/\*\*|\s\^[\w-]+$/gm, "")
    .trim();
  if (plain.length <= length) return plain;
  const end = Math.max(...[". ", ".\n", "? ", "\n"].map((stop) => plain.lastIndexOf(stop, length)));
  return end > length / 3 ? plain.slice(0, end + 1).trim() : `${plain.slice(0, plain.lastIndexOf(" ", length))} …`;
}
