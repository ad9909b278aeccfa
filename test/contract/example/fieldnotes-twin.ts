import type { Answered } from "../../twins/faults.ts";
import { Faults } from "../../twins/faults.ts";
import { Listener, type Question } from "../../twins/listen.ts";
import type { Twin } from "../connector.ts";

interface Note {
  id: string;
  title: string;
  body: string;
  notebook: string;
  author: { email: string } | null;
  labels: string[];
  created_at: string;
  updated_at: string;
  revision: number;
  link: string;
}

/** What each route may be asked with. */
const ROUTES: Record<string, readonly string[]> = {
  "/v1/me": [],
  "/v1/notes": ["updated_from", "notebook", "limit", "page"],
  "/v1/notes/ids": ["notebook", "limit", "page"],
  "/v1/search": ["q", "limit", "notebook"],
  "/v1/news": ["after", "wait"],
};

/** Fieldnotes with real state, as its documentation describes it: people change it behind the connector's back. */
export class FieldnotesTwin implements Twin {
  readonly notes = new Map<string, Note>();
  readonly faults = new Faults();
  readonly token = "fn_read_4c1d";
  /** However many are asked for. */
  largestPage = 10;
  /** Questions that the documentation does not know. A test wants none. */
  readonly refusals: string[] = [];
  readonly #changes: string[] = [];
  readonly #waiting = new Set<() => void>();
  #listener: Listener | undefined;
  #lastId = 0;

  static async open(): Promise<FieldnotesTwin> {
    const twin = new FieldnotesTwin();
    twin.#listener = await Listener.open(twin.faults, (question) => twin.#answer(question));
    return twin;
  }

  get origin(): string {
    return this.#listener?.origin ?? "";
  }

  config(): Record<string, unknown> {
    return { baseUrl: this.origin, accessToken: this.token };
  }

  async seed(): Promise<void> {
    for (let day = 1; day <= 27; day++) {
      const at = new Date(Date.UTC(2026, 2, day, 6, 30)).toISOString();
      this.write(`Reading of day ${day}`, `The gauge stood at ${80 + day} cm, and ${day % 5} otters passed.`, at);
    }
    this.write("„Ägidius“, 日記 🦆", "Ein Reiher stand auf der Mole.", "2026-03-28T07:00:00.000Z", "Harbour");
    this.write("\u202Eabc", "", "2026-03-28T07:00:00.000Z", "Harbour");
  }

  async expected(): Promise<Map<string, string>> {
    return new Map([...this.notes.values()].map((note) => [note.id, note.body]));
  }

  write(title: string, body: string, at = new Date().toISOString(), notebook = "Weir"): string {
    this.#lastId += 1;
    const id = `n_${this.#lastId}`;
    const author = this.#lastId % 7 === 0 ? null : { email: "marta@station.example" };
    const dates = { created_at: at, updated_at: at };
    const link = `${this.origin}/n/${id}`;
    this.notes.set(id, { id, title, body, notebook, author, labels: ["gauge"], ...dates, revision: 1, link });
    this.#tell(id);
    return id;
  }

  async add(text: string): Promise<string> {
    return this.write("A new sighting", text);
  }

  async edit(id: string, text: string): Promise<string> {
    const note = this.notes.get(id) as Note;
    this.notes.set(id, { ...note, body: text, revision: note.revision + 1, updated_at: new Date().toISOString() });
    this.#tell(id);
    return id;
  }

  async remove(id: string): Promise<void> {
    this.notes.delete(id);
    this.#tell(id);
  }

  async close(): Promise<void> {
    for (const wake of this.#waiting) wake();
    await this.#listener?.close();
  }

  #tell(id: string): void {
    this.#changes.push(id);
    for (const wake of this.#waiting) wake();
  }

  async #answer({ url, headers }: Question): Promise<Answered> {
    const { pathname, searchParams: query } = new URL(url, this.origin);
    if (headers.authorization !== `Bearer ${this.token}`) return json(401, { code: "unknown_token" });
    const one = /^\/v1\/notes\/(n_\d+|[^/]+%20[^/]+)$/.exec(pathname)?.[1];
    const known = one === undefined ? ROUTES[pathname] : [];
    const odd = [...query.keys()].filter((name) => !known?.includes(name));
    if (known === undefined || odd.length > 0) {
      this.refusals.push(url);
      return json(400, { code: "unknown_question" });
    }
    if (one !== undefined) {
      const note = this.notes.get(one);
      return note ? json(200, note) : json(404, { code: "no_such_note" });
    }
    if (pathname === "/v1/me")
      return json(200, { name: "Weir station", email: "weir@station.example", notebooks: ["Weir", "Harbour"] });
    return pathname === "/v1/news" ? this.#news(query) : this.#page(pathname, query);
  }

  /** Pages end at the token that the page before gave; lists are walked oldest update first. */
  #page(pathname: string, query: URLSearchParams): Answered {
    const [from, words] = [query.get("updated_from") ?? "", query.get("q")?.toLowerCase() ?? ""];
    const notebooks = query.getAll("notebook");
    const found = [...this.notes.values()]
      .filter((note) => note.updated_at >= from && (notebooks.length === 0 || notebooks.includes(note.notebook)))
      .filter((note) => `${note.title} ${note.body}`.toLowerCase().includes(words))
      .sort((left, right) => (left.updated_at < right.updated_at ? -1 : 1));
    const start = Number(query.get("page") ?? 0);
    const end = start + Math.min(Number(query.get("limit") ?? 50), this.largestPage);
    const part = found.slice(start, end);
    const next_page = end < found.length ? String(end) : null;
    return json(
      200,
      pathname === "/v1/notes/ids" ? { ids: part.map(({ id }) => id), next_page } : { notes: part, next_page },
    );
  }

  /** Answers when something changed after the mark, at once where nobody waits. */
  async #news(query: URLSearchParams): Promise<Answered> {
    const after = query.get("after");
    const told = () => this.#changes.slice(Number(after ?? this.#changes.length));
    if (after !== null && told().length === 0) await new Promise<void>((wake) => this.#waiting.add(wake));
    return json(200, { mark: String(this.#changes.length), changed: [...new Set(told())] });
  }
}

function json(status: number, value: unknown): Answered {
  const headers = { "content-type": "application/json", "x-limit-left": "299", "x-limit-reset-in": "60" };
  return { status, headers, body: Buffer.from(JSON.stringify(value)) };
}
