import { codeSpans, type Draft, linksIn, withoutCode } from "../../kit/index.ts";
import type { Repository } from "../schema.ts";

type Relation = NonNullable<Draft["relations"]>[number];

const MOST_RELATIONS = 500;

/**
 * What a Markdown file of a repository points to: files beside it become ids, also where they are written as an address
 * of the same repository; everything else stays an address. A path that begins with a slash begins at the top.
 */
export function fileRelations(repository: Repository, path: string, text: string): Relation[] {
  const relations = new Map<string, Relation>();
  for (const link of linksIn(withoutCode(text, codeSpans(text)))) {
    if (link.sort === "wiki") continue;
    const rel = link.embeds ? "embeds" : "links";
    const end = link.sort === "url" ? endOfUrl(repository, link.target) : endOfPath(repository, path, link.target);
    if (end === undefined) continue;
    const key = `${rel} ${end.id ?? end.url}`;
    if (!relations.has(key)) relations.set(key, { rel, ...end, ...(link.text !== undefined && { text: link.text }) });
    if (relations.size >= MOST_RELATIONS) break;
  }
  return [...relations.values()];
}

function endOfUrl(repository: Repository, url: string): { id?: string; url?: string } {
  const branch = escaped(repository.default_branch);
  const own = new RegExp(`^${escaped(repository.html_url)}/(?:blob|raw)/(?:HEAD|${branch})/([^?#]+)`, "i");
  const path = own.exec(url)?.[1];
  return path === undefined ? { url } : { id: `${repository.id}:${decoded(path)}` };
}

function endOfPath(repository: Repository, from: string, target: string): { id?: string; url?: string } | undefined {
  const folder = target.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "..") {
      if (folder.pop() === undefined) return undefined; // leads out of the repository
    } else if (part !== "" && part !== ".") folder.push(part);
  }
  return folder.length === 0 ? undefined : { id: `${repository.id}:${folder.join("/")}` };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
