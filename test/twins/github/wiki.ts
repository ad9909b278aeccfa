import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Answered } from "../faults.ts";
import { writeBare } from "../git/bare.ts";
import { httpBackend } from "../git/http-backend.ts";
import type { Question } from "../listen.ts";
import type { Repository } from "./repository.ts";
import { ANONYMOUS, canSee, type Principal, type Tokens } from "./tokens.ts";
import type { World } from "./world.ts";

/** The branch of wikis. */
export const WIKI_BRANCH = "master";

/** Wikis are git repositories beside the interface: `/owner/name.wiki.git`, cloned by git itself. */
export class Wikis {
  /** Each request for a wiki, path and status. */
  readonly requests: { path: string; status: number }[] = [];
  readonly #world: World;
  readonly #tokens: Tokens;
  readonly #folder = mkdtempSync(join(tmpdir(), "headwater-wiki-"));
  readonly #written = new Map<number, { tip: string; folder: string }>();

  constructor(world: World, tokens: Tokens) {
    this.#world = world;
    this.#tokens = tokens;
  }

  /** Undefined: the path is none of a wiki's. */
  async answer(question: Question): Promise<Answered | undefined> {
    const [path] = question.url.split("?") as [string];
    const match = /^\/([^/]+\/[^/]+)\.wiki\.git(\/.*)?$/.exec(path);
    if (match === null) return undefined;
    const answered = await this.#serve(match[1] as string, match[2] ?? "/", question);
    this.requests.push({ path: question.url, status: answered.status });
    return answered;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #serve(name: string, path: string, question: Question): Promise<Answered> {
    const repository = this.#world.find(decodeURIComponent(name));
    const principal = this.#principal(question.headers.authorization);
    if (principal === undefined) return said(401, "Invalid username or token.");
    if (repository === undefined || !canSee(principal, repository)) {
      return principal.kind === "anonymous"
        ? said(401, "Authentication required.")
        : said(404, "Repository not found.");
    }
    const tip = repository.wiki.refs.get(`heads/${WIKI_BRANCH}`);
    if (!repository.settings.hasWiki || tip === undefined) return said(404, "Repository not found.");
    return httpBackend(this.#bare(repository, tip), path, question);
  }

  /** The wiki on disk, written anew when it has changed. */
  #bare(repository: Repository, tip: string): string {
    const known = this.#written.get(repository.id);
    if (known?.tip === tip) return known.folder;
    const folder = join(this.#folder, `${repository.id}-${this.#written.size}-${tip.slice(0, 8)}`);
    writeBare(repository.wiki, folder, WIKI_BRANCH);
    this.#written.set(repository.id, { tip, folder });
    return folder;
  }

  /** git sends a name and a token; the name does not matter. Undefined: the token is not known. */
  #principal(authorization: string | undefined): Principal | undefined {
    if (authorization === undefined) return ANONYMOUS;
    const [scheme, value = ""] = authorization.split(" ");
    const basic = Buffer.from(value, "base64").toString("utf8");
    const secret = scheme?.toLowerCase() === "basic" ? basic.slice(basic.indexOf(":") + 1) : value;
    const token = this.#tokens.find(secret) ?? this.#tokens.find(basic.split(":")[0] ?? "");
    return token === undefined ? undefined : { kind: "token", token };
  }
}

function said(status: number, words: string): Answered {
  const challenge: Record<string, string> = status === 401 ? { "www-authenticate": 'Basic realm="GitHub"' } : {};
  return { status, headers: { "content-type": "text/plain; charset=UTF-8", ...challenge }, body: Buffer.from(words) };
}
