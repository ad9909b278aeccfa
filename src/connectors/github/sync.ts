import { z } from "zod";
import { ConnectorError, type From, type Page } from "../kit/index.ts";
import { STREAMS } from "./all-streams.ts";
import type { GithubContext } from "./api.ts";
import { describeAgain, repositoryById } from "./repositories/repositories.ts";
import type { Repository } from "./schema.ts";
import { type GithubCursor, STREAM_NAMES, type Stream, type StreamName } from "./streams.ts";

/** Ends the sync of the repository at once; everything else is a matter of one stream. */
const SERIOUS: readonly string[] = ["auth", "config", "cancelled", "rate_limited", "cursor_expired", "store"];

type States = GithubCursor["streams"];

/** Follows one repository: its streams one after another, each from where it stood. */
export async function* syncRepository(
  ctx: GithubContext,
  from: From<GithubCursor>,
): AsyncGenerator<Page<GithubCursor>> {
  const repository = await repositoryById(ctx, from.container ?? "");
  const walk = new Walk(ctx, repository, from);
  await walk.remember();
  for (const stream of STREAMS) {
    if (stream.applies(ctx.config, repository)) yield* walk.follow(stream);
    else await walk.forget(stream.name);
    ctx.signal.throwIfAborted();
  }
  yield* walk.end();
}

/** What a person finds among the failures of a source, when a kind of thing in a repository is closed to it. */
export function refusalId(repository: Repository, name: StreamName): string {
  return `${repository.id}/${name}`;
}

class Walk {
  readonly #ctx: GithubContext;
  readonly #repository: Repository;
  readonly #since: string | undefined;
  readonly #gaps: string[] = [];
  readonly #failures: { id: string; error: ConnectorError }[] = [];
  /** Streams that were closed last time, and those that are now. */
  readonly #before: readonly StreamName[];
  readonly #refused = new Set<StreamName>();
  /** Streams of which something may be stored, also when the cursor was dropped. */
  #read = new Set<StreamName>();
  /** Streams that an earlier try of the same run read to their end, and where each stood then. */
  readonly #done: Map<StreamName, string>;
  #states: States;
  #isEmpty = true;
  #postponed: ConnectorError | undefined;

  constructor(ctx: GithubContext, repository: Repository, from: From<GithubCursor>) {
    this.#ctx = ctx;
    this.#repository = repository;
    this.#since = from.since;
    this.#states = { ...from.cursor?.streams };
    this.#before = from.cursor?.refused ?? [];
    const id = String(repository.id);
    ctx.api.refused.set(id, this.#refused);
    const { read } = ctx.api.doneBy(ctx.signal);
    this.#done = read.get(id) ?? new Map();
    read.set(id, this.#done);
  }

  async remember(): Promise<void> {
    const known = z.array(z.enum(STREAM_NAMES)).safeParse(await this.#ctx.memory.get(this.#readKey()));
    const stated = Object.keys(this.#states) as StreamName[];
    this.#read = new Set([...(known.data ?? []), ...stated]);
  }

  #readKey(): string {
    return `read:${this.#repository.id}`;
  }

  async #note(name: StreamName, isRead: boolean): Promise<void> {
    if (this.#read.has(name) === isRead) return;
    if (isRead) this.#read.add(name);
    else this.#read.delete(name);
    await this.#ctx.memory.set(this.#readKey(), [...this.#read]);
  }

  async *follow(stream: Stream): AsyncGenerator<Page<GithubCursor>> {
    if (this.#done.has(stream.name) && this.#done.get(stream.name) === this.#position(stream.name)) return;
    const gaps = this.#gaps.length;
    const parsed = stream.state.safeParse(this.#states[stream.name]);
    const state = parsed.success ? parsed.data : undefined;
    try {
      for await (const page of stream.pages(this.#ctx, this.#repository, {
        ...(state !== undefined && { state }),
        ...(this.#since !== undefined && { since: this.#since }),
      })) {
        const { state: next, incomplete, anew = [], ...changes } = page;
        if (incomplete !== undefined) this.#gaps.push(incomplete.why);
        const others = Object.entries(this.#states).filter(([name]) => !anew.includes(name as StreamName));
        this.#states = { ...Object.fromEntries(others), [stream.name]: next as States[StreamName] };
        this.#isEmpty = false;
        await this.#note(stream.name, true); // before its first page is stored
        yield { ...changes, cursor: this.#cursor(), ...(incomplete !== undefined && { incomplete }) };
      }
      if (this.#gaps.length === gaps) this.#done.set(stream.name, this.#position(stream.name));
    } catch (thrown) {
      const error = ConnectorError.from(thrown);
      if (SERIOUS.includes(error.kind)) throw error;
      await this.#missed(stream, error);
    }
  }

  #position(name: StreamName): string {
    return JSON.stringify(this.#states[name] ?? null);
  }

  /** A stream that the options or the repository left out begins anew when it comes back. */
  async forget(name: StreamName): Promise<void> {
    await this.#note(name, false);
    const { [name]: _, ...others } = this.#states;
    this.#states = others;
  }

  /** The last page says what could not be looked at. A stream that is open again is no failure any more. */
  *end(): Generator<Page<GithubCursor>> {
    if (this.#postponed !== undefined) throw this.#postponed;
    const why = this.#gaps.join(" ");
    const deletes = this.#before
      .filter((name) => !this.#refused.has(name))
      .map((name) => refusalId(this.#repository, name));
    const news = [why, ...deletes, ...this.#failures].filter((one) => one !== "");
    if (this.#isEmpty || news.length > 0)
      yield { deletes, failures: this.#failures, cursor: this.#cursor(), ...(why !== "" && { incomplete: { why } }) };
  }

  async #missed(stream: Stream, error: ConnectorError): Promise<void> {
    if (error.kind === "not_found") {
      const now = await describeAgain(this.#ctx, this.#repository); // throws when the repository itself is gone
      if (error.status === 410 || !stream.applies(this.#ctx.config, now)) return this.forget(stream.name);
    } else if (error.kind !== "permission") {
      this.#postponed ??= error;
      return;
    }
    const refusal = refusalOf(stream, this.#repository, error);
    this.#refused.add(stream.name);
    this.#failures.push({ id: refusalId(this.#repository, stream.name), error: refusal });
    // What was never readable was never stored: then the rest of the repository can still be proven gone.
    if (this.#read.has(stream.name)) this.#gaps.push(refusal.message);
  }

  #cursor(): GithubCursor {
    const refused = [...this.#refused];
    return { v: 1, streams: this.#states, ...(refused.length > 0 && { refused }) };
  }
}

/** What is said of a kind of thing that is closed. */
export function refusalOf(stream: Stream, repository: Repository, error: ConnectorError): ConnectorError {
  const what = `${stream.title} of ${repository.full_name} could not be read`;
  const why = error.kind === "permission" ? error.message : "GitHub does not show them to this token.";
  const hint = error.kind === "permission" ? error.hint : undefined;
  return new ConnectorError("permission", `${what}. ${why}`, {
    hint: hint ?? `Give the token "${stream.permission}".`,
    cause: error,
  });
}
