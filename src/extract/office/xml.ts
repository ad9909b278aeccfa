import { SaxesParser } from "saxes";
import { MARKUP_DEPTH } from "../limits.ts";
import { corrupt, tooLarge } from "../refuse.ts";
import type { ZipPackage } from "./zip.ts";

export type XmlAttributes = Readonly<Record<string, string>>;

/** Told of elements by their local name (`p` for `w:p`). */
export interface XmlHandlers {
  /** `"skip"` passes over the element and all in it, its `close` included; `"stop"` ends the reading. */
  open(name: string, attributes: XmlAttributes): "skip" | "stop" | undefined;
  close?(name: string): "stop" | undefined;
  text?(text: string): void;
}

/** No single tag or text of a document is longer than this many UTF-16 units. */
const MAX_TOKEN = 4_000_000;

const ENTITIES = { amp: "&", gt: ">", lt: "<", quot: '"', apos: "'" };

/**
 * Reads one XML part as a stream. There is no DTD and there are no entities but the five built-in ones: a part with a
 * DOCTYPE is refused, as is nesting beyond 512. A part that is not there tells nothing.
 */
export function readXmlPart(zip: ZipPackage, part: string, name: string, handlers: XmlHandlers): void {
  if (!zip.has(part)) return;
  const parser = new SaxesParser({ position: false });
  parser.ENTITIES = Object.assign(Object.create(null), ENTITIES);
  const names = new Map<string, string>();
  let depth = 0;
  let skipFrom = 0; // the depth of the element being passed over, 0 when none is
  let stopped = false;
  let sinceEvent = 0;

  parser.on("error", (error) => {
    throw corrupt(name, "document", "the XML inside is malformed", error);
  });
  parser.on("doctype", () => {
    throw corrupt(name, "document", "the XML inside declares entities of its own, which office files never do");
  });
  parser.on("opentag", (tag) => {
    sinceEvent = 0;
    depth++;
    if (depth > MARKUP_DEPTH) throw tooLarge(name, `its elements are nested deeper than ${MARKUP_DEPTH}`);
    if (skipFrom > 0 || stopped) return;
    const wish = handlers.open(localName(tag.name, names), tag.attributes as XmlAttributes);
    if (wish === "skip") skipFrom = depth;
    if (wish === "stop") stopped = true;
  });
  parser.on("closetag", (tag) => {
    sinceEvent = 0;
    if (skipFrom === 0 && !stopped && handlers.close?.(localName(tag.name, names)) === "stop") stopped = true;
    if (skipFrom === depth) skipFrom = 0;
    depth--;
  });
  const text = (value: string) => {
    sinceEvent = 0;
    if (skipFrom === 0 && !stopped) handlers.text?.(value);
  };
  parser.on("text", text);
  parser.on("cdata", text);

  for (const chunk of decoded(zip.chunks(part), name)) {
    sinceEvent += chunk.length;
    if (sinceEvent > MAX_TOKEN) throw tooLarge(name, "a single tag or text in it is longer than 4 million characters");
    parser.write(chunk);
    if (stopped) return;
  }
  parser.close();
}

/** An attribute by its local name, whatever its prefix: `attribute(tag, "val")` finds `w:val`. */
export function attribute(attributes: XmlAttributes, local: string): string | undefined {
  const common = attributes[`w:${local}`] ?? attributes[local];
  if (common !== undefined) return common;
  for (const key in attributes) if (key.endsWith(local) && key.at(-local.length - 1) === ":") return attributes[key];
  return undefined;
}

/** The relationship id (`r:id`), which shares its local name with plain ids. */
export function relationId(attributes: XmlAttributes, local = "id"): string | undefined {
  const usual = attributes[`r:${local}`];
  if (usual !== undefined) return usual;
  for (const key in attributes) if (key.endsWith(`:${local}`)) return attributes[key];
  return undefined;
}

function localName(name: string, known: Map<string, string>): string {
  const found = known.get(name);
  if (found !== undefined) return found;
  const local = name.slice(name.indexOf(":") + 1);
  if (known.size < 1000) known.set(name, local);
  return local;
}

/** Pieces of UTF-8 or UTF-16 as strings of at most 64 K units. */
function* decoded(chunks: Iterable<Uint8Array>, name: string): Generator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for (const chunk of chunks) {
    decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true });
    for (let at = 0; at < chunk.byteLength; at += 65_536) {
      try {
        yield decoder.decode(chunk.subarray(at, at + 65_536), { stream: true });
      } catch (error) {
        if (error instanceof TypeError)
          throw corrupt(name, "document", "the XML inside is not in UTF-8 or UTF-16", error);
        throw error;
      }
    }
  }
}

function encodingOf(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : "utf-8";
}
