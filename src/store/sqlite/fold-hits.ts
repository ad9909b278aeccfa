import { parseRef, refOf } from "../../model/item.ts";
import type { HitPlace } from "../../model/search.ts";
import type { Profile } from "../query/profile.ts";
import { partsOf } from "../query/term.ts";
import { foldWord } from "../query/tokens.ts";
import type { Connection, Row } from "./driver.ts";
import { learntBy, profilesOf } from "./profiles.ts";
import type { Folded, Found } from "./search-hits.ts";
import { decodeOptional, decodeText } from "./text.ts";

export interface Page {
  hits: Folded[];
  /** Every row that the hits stand for, and their own. */
  rows: number[];
  /** Whether anything was left that is no part of them. */
  more: boolean;
}

const MOST_COPIES = 5;
/** The same text is a copy from this length on (UTF-16 units), whatever the titles; shorter ones need the same title. */
const LONG_TEXT = 200;
/** A forwarded mail has nearly all words of the one with the same title, which is no line or two. */
const [LEAST_SHARED, MOST_SHARED] = [12, 0.9];
/** What is said in a conversation: such an item and what it hangs from are one hit. */
const SAID = new Set("comment review review_comment discussion_comment message reply mail email".split(" "));
const FORWARDED = /^\s*(?:(?:fwd?|wg|tr|rv|i|enc|doorst)\s*:|copy of\s|\[fwd:)\s*/iu;
const COPIED = /\s*(?:\((?:\d+|copy)\)|- copy)(?=\.\w+$|\]?$)/iu;
const ANSWERED = /^\s*(?:re|aw|sv|antw|odp)\s*:\s*/iu;

/** What tells whether two hits are one. */
interface Face {
  row: number;
  place: HitPlace;
  text: string | undefined;
  length: number;
  title: string;
  forwarded: boolean;
  said: boolean;
  /** What the conversation hangs from, where it is one; the item itself elsewhere. */
  root: string;
}

/**
 * The first `limit` of the best items, where one stands for what is the same: its text in other places, a forwarded mail,
 * the other messages of its conversation. An item that the question names stands for itself.
 */
export function folded(connection: Connection, ordered: readonly Found[], limit: number): Page {
  const faces = facesOf(connection, ordered);
  const talks = new Set([...faces.values()].filter((face) => face.said).map((face) => face.root));
  const page: Page = { hits: [], rows: [], more: false };
  const shown: { face: Face; hit: Folded }[] = [];
  for (const each of ordered) {
    const face = faces.get(each.row);
    if (face === undefined) continue;
    const others = each.tier === "exact" ? [] : shown;
    const same = others.find((other) => isCopy(connection, other.face, face));
    const talk = others.find(({ face: { root } }) => root === face.root && talks.has(root));
    if (same !== undefined) same.hit.copies.push(face.place);
    else if (talk?.hit.thread !== undefined) talk.hit.thread.more++;
    else if (page.hits.length === limit) {
      page.more = true;
      continue;
    } else {
      const thread = talks.has(face.root) ? { thread: { id: parseRef(face.root)?.id ?? "", more: 0 } } : {};
      const hit: Folded = { ...each, copies: [], ...thread };
      page.hits.push(hit);
      shown.push({ face, hit });
    }
    page.rows.push(each.row);
  }
  for (const hit of page.hits) hit.copies.splice(MOST_COPIES);
  return page;
}

function isCopy(connection: Connection, left: Face, right: Face): boolean {
  if (left.length === 0 || right.length === 0) return false;
  if (left.text !== undefined && left.text === right.text)
    return left.length >= LONG_TEXT || left.title === right.title;
  if (left.title !== right.title || left.forwarded === right.forwarded) return false;
  const [one, other] = profilesOf(connection, learntBy(connection), [left.row, right.row]);
  return one !== undefined && other !== undefined && holdsMost(one, other);
}

/** Whether the longer of two beginnings has nearly all words of the shorter one, as often. */
function holdsMost(one: Profile, other: Profile): boolean {
  const [short, long] = one.words.length < other.words.length ? [one, other] : [other, one];
  const words = short.words.subarray(short.titled + 1);
  if (words.length < LEAST_SHARED) return false;
  const left = new Map<number, number>();
  for (const word of long.words) left.set(word, (left.get(word) ?? 0) + 1);
  let met = 0;
  for (const word of words) {
    const count = left.get(word) ?? 0;
    if (count > 0) met++;
    left.set(word, count - 1);
  }
  return met >= words.length * MOST_SHARED;
}

function facesOf(connection: Connection, ordered: readonly Found[]): Map<number, Face> {
  const rows = connection.prepare(
    `SELECT i.id, i.native_id, i.parent, i.title, i.url, i.text_length, hex(i.hash) AS hash, s.name AS source,
            n.name AS kind, c.native_id AS container
     FROM items i JOIN sources s ON s.id = i.source JOIN names n ON n.id = i.kind
     LEFT JOIN containers c ON c.id = i.container WHERE i.id IN (SELECT value FROM json_each(?))`,
  );
  const faces = rows.all(JSON.stringify(ordered.map((each) => each.row))).map(faceOf);
  return new Map(faces.map((face) => [face.row, face]));
}

function faceOf(row: Row): Face {
  const [source, id, title] = [row.source, row.native_id, row.title].map((value) => decodeText(value ?? null));
  const parent = SAID.has(decodeText(row.kind ?? null)) ? decodeOptional(row.parent) : undefined;
  return {
    row: Number(row.id),
    place: {
      source: source ?? "",
      id: id ?? "",
      title: title ?? "",
      url: decodeOptional(row.url),
      container: decodeOptional(row.container),
    },
    text: row.hash === null || row.hash === "" ? undefined : String(row.hash),
    length: Number(row.text_length ?? 0),
    title: bareTitle(title ?? ""),
    forwarded: FORWARDED.test(title ?? ""),
    said: parent !== undefined,
    root: refOf(source ?? "", parent ?? id ?? ""),
  };
}

/** A title without what mail programs and file managers put before and after it. */
function bareTitle(title: string): string {
  let bare = title;
  for (let before = ""; bare !== before; ) {
    before = bare;
    bare = bare.replace(FORWARDED, "").replace(ANSWERED, "").replace(COPIED, "");
  }
  return partsOf(bare).map(foldWord).join(" ");
}
