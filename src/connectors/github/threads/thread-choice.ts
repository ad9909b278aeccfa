import type { GithubContext } from "../api.ts";
import type { Repository } from "../schema.ts";
import { type Chosen, isSelective, takesThread } from "./selection.ts";

/**
 * Which threads of a repository the options take, where labels, state and includeBots choose among them. What hangs from a
 * thread is listed without it, so the numbers have to be known; and a thread that leaves the choice has to be deleted.
 */
export class ThreadChoice {
  readonly #ctx: GithubContext;
  readonly #mine: Set<number> | undefined;
  readonly #all: Set<number>;

  constructor(ctx: GithubContext, repository: Repository, known: readonly number[] | undefined) {
    this.#ctx = ctx;
    const id = String(repository.id);
    this.#all = ctx.api.threads.get(id) ?? new Set();
    ctx.api.threads.set(id, this.#all);
    if (!isSelective(ctx.config)) return;
    this.#mine = new Set(known);
    for (const number of this.#mine) this.#all.add(number);
  }

  /** Those that are taken; of these, the ones that were not before; and the numbers that no longer are. */
  sort<T extends Chosen & { number: number }>(
    threads: T[],
    incremental: boolean,
  ): { taken: T[]; entering: T[]; leaving: number[] } {
    const mine = this.#mine;
    if (mine === undefined) return { taken: threads, entering: [], leaving: [] };
    const taken = threads.filter((thread) => takesThread(this.#ctx.config, thread));
    const entering = incremental ? taken.filter((thread) => !mine.has(thread.number)) : [];
    const inside = new Set(taken.map((thread) => thread.number));
    const leaving = threads.map((thread) => thread.number).filter((number) => mine.has(number) && !inside.has(number));
    for (const number of leaving) {
      mine.delete(number);
      this.#all.delete(number);
    }
    for (const number of inside) {
      mine.add(number);
      this.#all.add(number);
    }
    return { taken, entering, leaving };
  }

  /** The part of a stream's state that remembers it. */
  state(): { taken?: number[] } {
    return this.#mine === undefined ? {} : { taken: [...this.#mine].sort((a, b) => a - b) };
  }
}
