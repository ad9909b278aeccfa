import { posix } from "node:path";
import { cleanLine, saneDate } from "../clean-text.ts";
import type { Extracted } from "../types.ts";
import { attribute, readXmlPart } from "./xml.ts";
import type { ZipPackage } from "./zip.ts";

/** Where a part points: another part of the package, or an address outside. */
export interface Relation {
  type: string;
  /** The part's path in the package, or the address. */
  target: string;
  external: boolean;
}

/** The relations of a part by id (ECMA-376 part 2, 6.5); `""` asks for those of the package. */
export function relationsOf(zip: ZipPackage, part: string, name: string): Map<string, Relation> {
  const relations = new Map<string, Relation>();
  const folder = posix.dirname(part);
  const file = part === "" ? "_rels/.rels" : posix.join(folder, "_rels", `${posix.basename(part)}.rels`);
  readXmlPart(zip, file, name, {
    open(element, attributes) {
      if (element !== "Relationship") return;
      const id = attribute(attributes, "Id");
      const target = attribute(attributes, "Target") ?? "";
      const external = attribute(attributes, "TargetMode") === "External";
      const type = (attribute(attributes, "Type") ?? "").split("/").pop() ?? "";
      if (id === undefined || relations.size >= 50_000) return;
      relations.set(id, { type, target: external ? target : partPath(folder, target), external });
    },
  });
  return relations;
}

/** The part that holds the document itself, by the package's own word or by the usual path. */
export function mainPart(zip: ZipPackage, name: string, usual: string): string {
  for (const relation of relationsOf(zip, "", name).values()) {
    if (relation.type === "officeDocument" && zip.has(relation.target)) return relation.target;
  }
  return usual;
}

/** The first related part of a type. */
export function relatedPart(relations: Map<string, Relation>, type: string): string | undefined {
  for (const relation of relations.values()) if (relation.type === type && !relation.external) return relation.target;
  return undefined;
}

function partPath(folder: string, target: string): string {
  if (target.startsWith("/")) return target.slice(1);
  return posix.join(folder === "." ? "" : folder, target);
}

const FACTS = new Set(["title", "creator", "created", "modified", "initial-creator", "creation-date", "date"]);

/** Title, author and dates from `docProps/core.xml` or an OpenDocument `meta.xml`. */
export function properties(zip: ZipPackage, part: string, name: string): Partial<Extracted> {
  const facts = new Map<string, string>();
  let current: string | undefined;
  readXmlPart(zip, part, name, {
    open(element) {
      current = FACTS.has(element) ? element : undefined;
    },
    close() {
      current = undefined;
    },
    text(text) {
      if (current !== undefined) facts.set(current, ((facts.get(current) ?? "") + text).slice(0, 1000));
    },
  });
  const title = cleanLine(facts.get("title"), 300);
  const author = cleanLine(facts.get("initial-creator") ?? facts.get("creator"), 200);
  const createdAt = saneDate(facts.get("created") ?? facts.get("creation-date"));
  const updatedAt = saneDate(facts.get("modified") ?? facts.get("date"));
  return {
    ...(title !== undefined && { title }),
    ...(author !== undefined && { authors: [`user:${author}`] }),
    ...(createdAt !== undefined && { createdAt }),
    ...(updatedAt !== undefined && { updatedAt }),
  };
}
