/** Levels with fewer than this share of the headings that have room say too little: some of the next are shown with them. */
const TELLING = 0.2;

export interface Heading {
  heading: string;
  level: number;
  offset: number;
}

/** The Markdown headings of a text, in order. */
export function headingsOf(text: string): Heading[] {
  const found: Heading[] = [];
  let fence: string | undefined;
  for (const line of text.matchAll(/^(?:(`{3,}|~{3,})|(#{1,6}) +(\S.*))/gm)) {
    if (line[1]) fence = fenceAfter(fence, line[1]);
    else if (fence === undefined)
      found.push({ heading: line[3]!.replace(/ +#+ *$/, ""), level: line[2]!.length, offset: line.index });
  }
  return found;
}

/** A fence ends with one of its kind that is at least as long. */
function fenceAfter(fence: string | undefined, mark: string): string | undefined {
  if (fence === undefined) return mark;
  return mark.startsWith(fence) ? undefined : fence;
}

/**
 * At most so many of the headings: the upper levels where that is enough to find one's way, and of the level below them as many
 * as have room, evenly spread. So the pages of a book show its chapters and a long conversation its course.
 */
export function thinned(headings: readonly Heading[], most: number): Heading[] {
  if (headings.length <= most) return [...headings];
  let kept: Heading[] = [];
  for (let level = 1; level <= 6; level++) {
    const here = headings.filter((each) => each.level === level);
    const room = most - kept.length;
    if (here.length > room) return kept.length >= most * TELLING ? kept : merged(kept, spread(here, room));
    kept = merged(kept, here);
  }
  return kept;
}

function merged(left: readonly Heading[], right: readonly Heading[]): Heading[] {
  return [...left, ...right].sort((one, other) => one.offset - other.offset);
}

/** So many of them, evenly, the first and the last among them. */
function spread<T>(all: readonly T[], count: number): T[] {
  if (count >= all.length) return [...all];
  return Array.from({ length: count }, (_, at) => all[Math.round((at * (all.length - 1)) / (count - 1))] as T);
}

/** The headings above a place, from the outermost in: where the reader is. */
export function pathTo(headings: readonly Heading[], offset: number): string[] {
  const path: Heading[] = [];
  for (const heading of headings) {
    if (heading.offset > offset) break;
    while ((path.at(-1)?.level ?? 0) >= heading.level) path.pop();
    path.push(heading);
  }
  return path.map(({ heading }) => heading);
}

/** The heading of an entry in a conversation, without the id that stands at its end. */
export function withoutRef(heading: string, source: string): string {
  const at = heading.lastIndexOf(` · ${source}/`);
  return at > 0 ? heading.slice(0, at) : heading;
}
