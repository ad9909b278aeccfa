import { Tokenizer } from "htmlparser2";
import { MARKUP_DEPTH } from "../limits.ts";

const VOID = new Set("area base br col embed hr img input link meta source track wbr".split(" "));
const INLINE = new Set(
  "a abbr b bdi bdo cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup time tt u var".split(
    " ",
  ),
);
const CLOSES_PARAGRAPH = new Set(
  "address article aside blockquote center details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table ul".split(
    " ",
  ),
);
/** What an opening tag ends, and where the search for it stops. */
const ENDS = new Map<string, { ends: string[]; within: string[] }>(
  Object.entries({
    li: { ends: ["li"], within: ["ul", "ol", "menu", "table"] },
    dt: { ends: ["dt", "dd"], within: ["dl", "table"] },
    dd: { ends: ["dt", "dd"], within: ["dl", "table"] },
    td: { ends: ["td", "th"], within: ["tr", "table"] },
    th: { ends: ["td", "th"], within: ["tr", "table"] },
    tr: { ends: ["tr", "caption", "colgroup"], within: ["table"] },
    tbody: { ends: ["thead", "tbody", "tfoot", "caption", "colgroup"], within: ["table"] },
    thead: { ends: ["thead", "tbody", "tfoot", "caption", "colgroup"], within: ["table"] },
    tfoot: { ends: ["thead", "tbody", "tfoot"], within: ["table"] },
    option: { ends: ["option"], within: ["select"] },
  }),
);
const MAX_ATTRIBUTES = 64;
const MAX_VALUE = 4096;

export type Attributes = Map<string, string>;

export interface TagHandlers {
  open(name: string, attributes: Attributes): void;
  close(name: string): void;
  text(text: string): void;
}

/**
 * Reads HTML as a stream of balanced tags in time linear in its length: end tags may be missing, wrong or too many.
 * Elements nested deeper than 512 are passed over, their text is not.
 */
export function readTags(html: string, handlers: TagHandlers): void {
  const open: string[] = [];
  let passedOver = 0;
  let name = "";
  let attributes: Attributes = new Map();
  let attribute = "";
  let value = "";

  const closeDownTo = (depth: number) => {
    while (open.length > depth) handlers.close(open.pop()!);
  };
  const finishOpening = (selfClosing: boolean) => {
    if (VOID.has(name)) {
      handlers.open(name, attributes);
      handlers.close(name);
      return;
    }
    closeDownTo(depthAfterImpliedEnds(open, name));
    if (open.length >= MARKUP_DEPTH) {
      passedOver++;
      return;
    }
    open.push(name);
    handlers.open(name, attributes);
    if (selfClosing && (name === "svg" || name.includes(":"))) closeDownTo(open.length - 1);
  };

  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname: (start, end) => {
        name = html.slice(start, Math.min(end, start + 64)).toLowerCase();
        attributes = new Map();
      },
      onopentagend: () => finishOpening(false),
      onselfclosingtag: () => finishOpening(true),
      onclosetag: (start, end) => {
        const closing = html.slice(start, Math.min(end, start + 64)).toLowerCase();
        if (passedOver > 0) {
          passedOver--;
          return;
        }
        const depth = open.lastIndexOf(closing);
        if (depth >= 0) closeDownTo(depth);
        else if (closing === "br") handlers.open("br", new Map());
      },
      onattribname: (start, end) => {
        attribute = html.slice(start, Math.min(end, start + 64)).toLowerCase();
        value = "";
      },
      onattribdata: (start, end) => {
        if (value.length < MAX_VALUE) value += html.slice(start, Math.min(end, start + MAX_VALUE));
      },
      onattribentity: (codepoint) => {
        if (value.length < MAX_VALUE) value += String.fromCodePoint(codepoint);
      },
      onattribend: () => {
        if (attributes.size < MAX_ATTRIBUTES && !attributes.has(attribute)) attributes.set(attribute, value);
      },
      ontext: (start, end) => handlers.text(html.slice(start, end)),
      ontextentity: (codepoint) => handlers.text(String.fromCodePoint(codepoint)),
      oncdata: (start, end, offset) => handlers.text(html.slice(start, end - offset)),
      oncomment: () => undefined,
      ondeclaration: () => undefined,
      onprocessinginstruction: () => undefined,
      onend: () => closeDownTo(0),
    },
  );
  tokenizer.write(html);
  tokenizer.end();
}

function depthAfterImpliedEnds(open: string[], name: string): number {
  const rule = ENDS.get(name);
  let depth = open.length;
  if (rule !== undefined) {
    for (let index = open.length - 1; index >= 0; index--) {
      const element = open[index]!;
      if (rule.within.includes(element)) break;
      if (rule.ends.includes(element)) depth = index;
    }
  } else if (CLOSES_PARAGRAPH.has(name)) {
    let index = open.length - 1;
    while (index >= 0 && INLINE.has(open[index]!)) index--;
    if (open[index] === "p") depth = index;
  }
  return depth;
}
