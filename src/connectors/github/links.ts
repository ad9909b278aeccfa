import type { Draft } from "../kit/index.ts";
import type { Repository } from "./schema.ts";

type Relation = NonNullable<Draft["relations"]>[number];

/** `#12`, `acme/docs#3` and `GH-12`, where they stand by themselves. https://docs.github.com/get-started/writing-on-github, 2026-11. */
const REFERENCE = /(?<![\w/#&.-])(?:([\w.-]{1,100}\/[\w.-]{1,100})#|#|GH-)(\d{1,9})\b(?![\w-])/gi;
const ADDRESS = /https?:\/\/[^\s<>()[\]"'`]+/g;
const CODE = /```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|`[^`\n]*`/g;
const MOST_LINKS = 50;

/**
 * The issues, pull requests and pages that a text written on GitHub points to. References to the same repository become
 * ids, those to others become aliases of theirs, addresses stay addresses. What stands in code is no link.
 */
export function linksIn(body: string | null | undefined, repository: Repository, own?: number): Relation[] {
  if (body === null || body === undefined || body === "") return [];
  const text = body.replace(CODE, " ");
  const found = new Map<string, Relation>();
  const addresses = text.match(ADDRESS) ?? [];
  for (const [written, name, number] of text.replace(ADDRESS, " ").matchAll(REFERENCE)) {
    if (name === undefined && Number(number) === own) continue;
    const here = name === undefined || isHere(name, repository);
    const id = here ? `${repository.id}#${number}` : `${name}#${number}`;
    const elsewhere = here ? {} : { url: `${siteOf(repository)}/${name}/issues/${number}` };
    found.set(id, { rel: "links", id, ...elsewhere, text: written });
  }
  for (const address of addresses) {
    const url = address.replace(/[.,;:!?*_]+$/, "");
    if (!found.has(url)) found.set(url, { rel: "links", url });
  }
  return [...found.values()].slice(0, MOST_LINKS);
}

function isHere(name: string, repository: Repository): boolean {
  return name.toLowerCase() === repository.full_name.toLowerCase();
}

/** Where people see repositories: "https://github.com". */
export function siteOf(repository: Pick<Repository, "html_url">): string {
  return new URL(repository.html_url).origin;
}
