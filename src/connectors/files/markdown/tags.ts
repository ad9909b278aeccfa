// Letters, digits, emoji, _ - and / (https://help.obsidian.md/tags, 2026-11); at least one of them no digit. What stands
// before is looked at after the # was found: so the engine jumps from # to #.
const TAG =
  /#(?<=(?<![^\s(,;>*_|])#)((?:[\p{L}\p{M}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}_/-]|\u200d|\ufe0f){1,200})/gu;

/** Inline `#tags` of a Markdown text whose code was blanked out, without their #, each once. */
export function tagsIn(text: string): string[] {
  if (!text.includes("#")) return [];
  const tags = new Set<string>();
  for (const [, written = ""] of text.matchAll(TAG)) {
    const tag = cleanTag(written);
    if (tag !== undefined) tags.add(tag);
  }
  return [...tags];
}

/** A tag as Obsidian knows it; undefined for what is none, such as 123. */
export function cleanTag(written: string): string | undefined {
  const tag = written
    .trim()
    .replace(/^#+/, "")
    .replace(/^\/+|\/+$/g, "");
  return tag === "" || /^[\d/]*$/.test(tag) || tag.length > 200 ? undefined : tag;
}

/** Whether a tag is one of the wanted ones or lies below one: `project` takes `project/alpha`. Capitals do not count. */
export function isTagged(tags: readonly string[], wanted: readonly string[]): boolean {
  const having = tags.map((tag) => tag.toLowerCase());
  return wanted.some((one) => {
    const want = one.replace(/^#/, "").replace(/\/+$/, "").toLowerCase();
    return having.some((tag) => tag === want || tag.startsWith(`${want}/`));
  });
}
