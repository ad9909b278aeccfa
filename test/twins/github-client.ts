import type { GithubTwin } from "./github/github-twin.ts";

/** Asks a twin as a plain program would: no redirects followed, nothing repeated. */
export function clientOf(twin: GithubTwin) {
  async function ask(path: string, headers: Record<string, string | undefined> = {}, body?: object) {
    const all = { "user-agent": "test", authorization: `Bearer ${twin.token.value}`, ...headers };
    const sent = Object.entries(all).filter((one): one is [string, string] => one[1] !== undefined);
    const answer = await fetch(path.startsWith("http") ? path : twin.origin + path, {
      method: body === undefined ? "GET" : "POST",
      redirect: "manual",
      headers: Object.fromEntries(sent),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = /^[[{]/.test(text) ? JSON.parse(text) : undefined;
    const next = /<([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
    return { status: answer.status, headers: answer.headers, text, json, next };
  }

  /** All items of a list, by its links. */
  async function walk(path: string) {
    const pages: unknown[][] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const answer = await ask(next);
      pages.push(answer.json);
      next = answer.next;
    }
    return { pages: pages.length, items: pages.flat() as { id: number; number: number; updated_at: string }[] };
  }

  return { ask, walk, as: (token: string) => ({ authorization: `Bearer ${token}` }) };
}
