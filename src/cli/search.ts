import { refOf, type SearchAnswer, type SearchHit } from "../model/index.ts";
import type { Desk } from "../tools/desk.ts";
import { type Session, withDesk } from "./session.ts";
import { beside, wrapped } from "./table.ts";
import { type Style, safeText, shellWord, shortLine } from "./terminal.ts";
import { ago, grouped, pointInTime, wholeNumber } from "./times.ts";

interface SearchOptions {
  source?: unknown;
  kind?: unknown;
  container?: unknown;
  author?: unknown;
  tag?: unknown;
  since?: unknown;
  until?: unknown;
  limit?: unknown;
  cursor?: unknown;
}

/** `headwater search "…"`: the local copy, best first. Finding nothing is an answer, not an error. */
export async function search(session: Session, words: readonly string[], opts: SearchOptions): Promise<undefined> {
  const { terminal, globals } = session;
  const limit = wholeNumber(String(opts.limit), "--limit", 1, 200);
  const since = typeof opts.since === "string" ? pointInTime(opts.since, "--since") : undefined;
  const until = typeof opts.until === "string" ? pointInTime(opts.until, "--until") : undefined;
  const query = words.join(" ");
  await withDesk(session, async (desk) => {
    const sources = list(opts.source).map((name) => desk.sources.get(name).id);
    const answer = await desk.store.search({
      query,
      limit,
      viewer: desk.viewer,
      ...(sources.length > 0 && { sources }),
      ...filter("kinds", opts.kind),
      ...filter("containers", opts.container),
      ...filter("authors", opts.author),
      ...filter("tags", opts.tag),
      ...(since !== undefined && { since }),
      ...(until !== undefined && { until }),
      ...(typeof opts.cursor === "string" && { cursor: opts.cursor }),
    });
    if (globals.json)
      return terminal.json({ ...answer, hits: answer.hits.map((hit) => ({ ref: refOf(hit.source, hit.id), ...hit })) });
    for (const hit of answer.hits) tellHit(session, hit);
    if (answer.hits.length === 0) await tellNothing(session, query, desk);
    tellRest(session, `${shellWord(query)}${flagsOf(opts)}`, answer);
  });
  return undefined;
}

/** The options of this question, as they have to stand in the next one. */
function flagsOf(opts: SearchOptions): string {
  const names = ["source", "kind", "container", "author", "tag", "since", "until", "limit"] as const;
  return names
    .flatMap((name) => [opts[name] ?? []].flat().map((value) => ` --${name} ${shellWord(String(value))}`))
    .filter((flag) => flag !== " --limit 10")
    .join("");
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function filter(name: string, value: unknown): object {
  const values = list(value);
  return values.length > 0 ? { [name]: values } : {};
}

function tellHit({ terminal }: Session, hit: SearchHit): void {
  const { bold, dim } = terminal.style;
  const facts = [
    hit.source,
    hit.kind,
    hit.updatedAt ? ago(hit.updatedAt) : "",
    hit.authors.map((author) => author.replace(/^user:/, "")).join(", "),
  ];
  const told = facts
    .filter(Boolean)
    .map((fact) => shortLine(fact, 60))
    .join(" · ");
  terminal.line(beside(bold(shortLine(hit.title, 100) || hit.id), dim(told), terminal.columns));
  const snippet = highlighted(withoutTitle(hit.snippet.text, hit.title), terminal.style);
  if (snippet) terminal.line(wrapped(snippet, terminal.columns));
  if (hit.url) terminal.line(`  ${dim(shortLine(hit.url, 300))}`);
  terminal.line(`  ${dim(`headwater fetch ${shellWord(refOf(hit.source, hit.id))}`)}`);
  tellOthers(terminal, hit);
  terminal.line();
}

/** What the hit stands for as well: the same text elsewhere, other messages of its conversation. */
function tellOthers({ line, style }: Session["terminal"], { source, copies = [], thread }: SearchHit): void {
  const places = copies.map((copy) => shortLine(refOf(copy.source, copy.id), 60));
  if (places.length > 0) line(`  ${style.dim(`the same text: ${places.join(", ")}`)}`);
  if (thread) {
    const others = thread.more === 1 ? "1 more message" : `${grouped(thread.more)} more messages`;
    const command = `headwater fetch ${shellWord(refOf(source, thread.id))}`;
    line(`  ${style.dim(`${others} of this conversation: ${command}`)}`);
  }
}

/** A passage from the top of a note begins with its title, which is shown above it already. */
function withoutTitle(passage: string, title: string): string {
  const [words, named] = [passage.split(" "), title.split(" ")];
  const repeats = named.every((word, at) => words[at]?.replaceAll("**", "") === word);
  return repeats && words.length > named.length ? words.slice(named.length).join(" ") : passage;
}

/** Matched words stand between ** and ** in a snippet. */
function highlighted(text: string, style: Style): string {
  return safeText(text)
    .replace(/\s+/g, " ")
    .trim()
    .replace(/\*\*(.+?)\*\*/g, (_whole, word: string) => style.bold(word));
}

async function tellNothing({ terminal }: Session, query: string, desk: Desk): Promise<void> {
  terminal.line(`Nothing found for ${JSON.stringify(safeText(query))}.`);
  const stats = await desk.store.stats();
  if (stats.every((one) => one.items === 0)) terminal.line("Nothing has been synced yet. Begin with: headwater sync");
}

function tellRest({ terminal }: Session, asked: string, answer: SearchAnswer): void {
  const { dim } = terminal.style;
  const { ignored, hints } = answer.understood;
  for (const hint of hints) terminal.note(safeText(hint));
  if (answer.hits.length === 0 && ignored.length > 0)
    terminal.note(`Left out of the question: ${ignored.map(safeText).join(", ")}`);
  if (answer.nextCursor) terminal.line(dim(`More: headwater search ${asked} --cursor ${shellWord(answer.nextCursor)}`));
}
