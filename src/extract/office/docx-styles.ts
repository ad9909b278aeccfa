import { attribute, readXmlPart } from "./xml.ts";
import type { ZipPackage } from "./zip.ts";

/** What a paragraph style means for the text. */
export interface ParagraphStyle {
  name: string;
  basedOn: string | undefined;
  /** 1 to 6. */
  heading: number | undefined;
  list: { number: string; level: number } | undefined;
}

/** Paragraph styles by id; names are the same in every language of Word ("heading 1"), ids are not. */
export function readStyles(zip: ZipPackage, part: string, name: string): Map<string, ParagraphStyle> {
  const styles = new Map<string, ParagraphStyle>();
  let style: ParagraphStyle | undefined;
  readXmlPart(zip, part, name, {
    open(element, attributes) {
      const value = attribute(attributes, "val") ?? "";
      if (element === "style") {
        style = { name: "", basedOn: undefined, heading: undefined, list: undefined };
        if (styles.size < 20_000) styles.set(attribute(attributes, "styleId") ?? "", style);
      }
      if (style === undefined) return undefined;
      if (element === "name") {
        style.name = value.toLowerCase();
        style.heading ??= headingByName(style.name);
      } else if (element === "basedOn") style.basedOn = value;
      else if (element === "outlineLvl" && Number(value) < 6) style.heading ??= Number(value) + 1;
      else if (element === "numId") style.list = { number: value, level: style.list?.level ?? 0 };
      else if (element === "ilvl") style.list = { number: style.list?.number ?? "0", level: Number(value) || 0 };
      return undefined;
    },
    close(element) {
      if (element === "style") style = undefined;
    },
  });
  for (const each of styles.values()) inherit(each, styles);
  return styles;
}

function headingByName(name: string): number | undefined {
  if (name === "title") return 1;
  const level = /^heading (\d)$/.exec(name)?.[1];
  return level === undefined ? undefined : Math.min(Number(level), 6);
}

/** Takes over what the styles below say; at most ten steps, because chains may be circles. */
function inherit(style: ParagraphStyle, styles: Map<string, ParagraphStyle>): void {
  let below = styles.get(style.basedOn ?? "");
  for (let step = 0; step < 10 && below !== undefined; step++) {
    style.heading ??= below.heading;
    style.list ??= below.list;
    below = styles.get(below.basedOn ?? "");
  }
}

export interface ListLevel {
  ordered: boolean;
  start: number;
}

/** List levels by `numId`: `get("3")[0]` is the outermost level of list 3. */
export function readNumbering(zip: ZipPackage, part: string, name: string): Map<string, ListLevel[]> {
  const abstract = new Map<string, ListLevel[]>();
  const numbers = new Map<string, ListLevel[]>();
  let levels: ListLevel[] | undefined;
  let level: ListLevel | undefined;
  let number = "";
  readXmlPart(zip, part, name, {
    open(element, attributes) {
      const value = attribute(attributes, "val") ?? "";
      if (element === "abstractNum") {
        levels = [];
        if (abstract.size < 20_000) abstract.set(attribute(attributes, "abstractNumId") ?? "", levels);
      } else if (element === "lvl" && levels !== undefined) {
        level = { ordered: false, start: 1 };
        const place = Number(attribute(attributes, "ilvl"));
        if (place >= 0 && place < 9) levels[place] = level;
      } else if (element === "num") number = attribute(attributes, "numId") ?? "";
      else if (element === "abstractNumId") {
        const known = abstract.get(value);
        if (known !== undefined && numbers.size < 20_000) numbers.set(number, known);
      } else if (element === "numFmt" && level !== undefined) level.ordered = value !== "bullet" && value !== "none";
      else if (element === "start" && level !== undefined) level.start = Number(value) || 1;
      else if (element === "lvlOverride") return "skip";
      return undefined;
    },
    close(element) {
      if (element === "abstractNum") levels = undefined;
      if (element === "lvl") level = undefined;
    },
  });
  return numbers;
}
