import { startEmulate } from "../setup/emulate.ts";

const TOKEN = "ghp_0123456789abcdef0123456789abcdef0123";

/**
 * A second GitHub, which we did not write. It has issues, pull requests, comments per issue, files and links to pages; it has
 * no ETags, no GraphQL and no comments of a whole repository, and it deletes no issues.
 */
export class EmulatedGithub {
  readonly url: string;
  readonly repository: string;
  readonly #close: () => void;

  private constructor(url: string, repository: string, close: () => void) {
    this.url = url;
    this.repository = repository;
    this.#close = close;
  }

  /** Undefined where it could not be had, which was said aloud. */
  static async open(repository = "marta/handbook"): Promise<EmulatedGithub | undefined> {
    const [owner, name] = repository.split("/");
    const emulate = await startEmulate("github", {
      users: [{ login: owner, name: "Marta Oyelaran" }],
      repos: [{ owner, name, description: "How the mill is kept running.", private: false }],
      tokens: [{ token: TOKEN, login: owner, scopes: ["repo"] }],
    });
    return emulate && new EmulatedGithub(emulate.url, repository, emulate.close);
  }

  /** Options of a source that reads what it has. */
  config(): Record<string, unknown> {
    return { baseUrl: this.url, accessToken: TOKEN, repositories: [this.repository], includeDiscussions: false };
  }

  /** Answers the number. */
  async openIssue(title: string, body: string): Promise<number> {
    return (await this.#send("POST", "/issues", { title, body })).number as number;
  }

  async editIssue(
    number: number,
    changes: { title?: string; body?: string; state?: "open" | "closed" },
  ): Promise<void> {
    await this.#send("PATCH", `/issues/${number}`, changes);
  }

  /** Answers the id. */
  async comment(number: number, body: string): Promise<number> {
    return (await this.#send("POST", `/issues/${number}/comments`, { body })).id as number;
  }

  /** Writes one file of the default branch in a commit of its own. */
  async writeFile(path: string, text: string): Promise<void> {
    const known = await this.#ask("GET", `/contents/${path}`);
    const sha = known.ok ? ((await known.json()) as { sha: string }).sha : undefined;
    const content = Buffer.from(text).toString("base64");
    await this.#send("PUT", `/contents/${path}`, {
      message: `Write ${path}`,
      content,
      ...(sha !== undefined && { sha }),
    });
  }

  close(): void {
    this.#close();
  }

  async #send(method: string, path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await this.#ask(method, path, body);
    if (!answer.ok) throw new Error(`emulate answered ${answer.status} to ${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  }

  #ask(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${this.url}/repos/${this.repository}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, "user-agent": "test", "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}
