import type { Reading } from "../reading.ts";
import { corrupt } from "../refuse.ts";
import type { Extracted } from "../types.ts";
import { mainPart, properties, relatedPart, relationsOf } from "./parts.ts";
import { SlideText } from "./pptx-slide.ts";
import { readXmlPart, relationId } from "./xml.ts";
import { openZip, type ZipPackage } from "./zip.ts";

const MAX_SLIDES = 2000;

/** A presentation slide by slide in the order it is shown: title, text as bullets, tables, speaker notes. */
export function readPptx(reading: Reading): Extracted {
  const { name, textLength } = reading;
  const zip = openZip(reading.bytes, name);
  const main = mainPart(zip, name, "ppt/presentation.xml");
  if (!zip.has(main)) throw corrupt(name, "presentation", "the part that lists its slides is missing");
  const relations = relationsOf(zip, main, name);
  const slides = slideIds(zip, main, name).map((id) => relations.get(id)?.target);
  const blocks: string[] = [];
  let length = 0;
  let done = 0;
  for (const part of slides.slice(0, MAX_SLIDES)) {
    if (length > textLength) break;
    done++;
    const slide = part === undefined ? `## Slide ${done}` : readSlide(zip, part, name, done, textLength);
    blocks.push(slide);
    length += slide.length;
  }
  const warnings = done < slides.length ? [`Only the first ${done} of ${slides.length} slides were read.`] : [];
  const facts = properties(zip, "docProps/core.xml", name);
  if (/^(powerpoint presentation|presentation|präsentation)$/i.test(facts.title ?? "")) delete facts.title;
  return { text: blocks.join("\n\n"), ...facts, fields: { slides: slides.length }, warnings };
}

function slideIds(zip: ZipPackage, part: string, name: string): string[] {
  const ids: string[] = [];
  readXmlPart(zip, part, name, {
    open(element, attributes) {
      if (element === "sldId" && ids.length < 20_000) ids.push(relationId(attributes) ?? "");
      return undefined;
    },
  });
  return ids;
}

function readSlide(zip: ZipPackage, part: string, name: string, number: number, textLength: number): string {
  const relations = relationsOf(zip, part, name);
  const slide = new SlideText(relations, textLength);
  readXmlPart(zip, part, name, slide);
  const blocks = [`## Slide ${number}${slide.title === "" ? "" : `: ${slide.title}`}`];
  const text = slide.markdown();
  if (text !== "") blocks.push(text);
  const notesPart = relatedPart(relations, "notesSlide");
  if (notesPart !== undefined) {
    const notes = new SlideText(new Map(), textLength, "body");
    readXmlPart(zip, notesPart, name, notes);
    const said = notes
      .markdown()
      .replace(/^\s*- /gm, "")
      .trim();
    if (said !== "") blocks.push(`Notes: ${said}`);
  }
  return blocks.join("\n\n");
}
