import { tmpdir } from "node:os";
import { freePort, startNpx } from "../setup/npx.ts";
import { apiSpecPath } from "./api-specs.ts";
import type { Seen } from "./github/service.ts";

const PACKAGE = "@stdy/cli@0.22.2";

/** What the judge says of requests that a twin has met. */
export interface Verdict {
  /** Different requests that were judged. */
  judged: number;
  /** What is wrong with them, by the vendor's description. */
  mistakes: string[];
  /** Routes that the trimmed description leaves out, so that nobody judged them. */
  undescribed: string[];
}

/** A judge of requests that we did not write: it serves a vendor's description and says what does not agree with it. */
export class Steady {
  readonly #url: string;
  readonly #close: () => void;

  private constructor(url: string, close: () => void) {
    this.#url = url;
    this.#close = close;
  }

  /** Undefined where the description is not beside this checkout or the judge could not be had; both are said aloud. */
  static async open(description: string): Promise<Steady | undefined> {
    const path = apiSpecPath(description);
    if (path === undefined) return undefined;
    const port = await freePort();
    const close = await startNpx({
      name: PACKAGE,
      command: [PACKAGE, "--host", "127.0.0.1", "-p", String(port), "--no-color", "--quiet", path],
      folder: tmpdir(),
      ready: "Ready to accept requests",
    });
    return close === undefined ? undefined : new Steady(`http://127.0.0.1:${port}`, close);
  }

  /**
   * Sends the requests that a twin has met once more, to be judged. Addresses that the service itself had given in a link
   * or a redirect are not the client's own and are left out.
   */
  async judge(requests: readonly Seen[]): Promise<Verdict> {
    const own = requests.filter((one) => one.route !== undefined && one.route !== "/graphql" && !isGiven(one));
    const different = new Map(own.map((one) => [`${one.method} ${addressOf(one)}`, one]));
    const verdict: Verdict = { judged: 0, mistakes: [], undescribed: [] };
    for (const [name, seen] of different) {
      const answer = await fetch(this.#url + addressOf(seen), {
        method: seen.method,
        redirect: "manual",
        headers: { accept: "application/json", "user-agent": "test" },
        ...(seen.body.length > 0 && { body: new Uint8Array(seen.body) }),
      });
      await answer.arrayBuffer();
      const codes = numbers(answer).map((at) => answer.headers.get(`x-steady-error-${at}-code`));
      if (codes.includes("E2001")) {
        if (!verdict.undescribed.includes(seen.route as string)) verdict.undescribed.push(seen.route as string);
        continue;
      }
      verdict.judged += 1;
      for (const at of numbers(answer)) {
        verdict.mistakes.push(`${name}: ${answer.headers.get(`x-steady-error-${at}-message`)}`);
      }
    }
    return verdict;
  }

  close(): void {
    this.#close();
  }
}

function numbers(answer: Response): number[] {
  return Array.from({ length: Number(answer.headers.get("x-steady-error-count") ?? 0) }, (_, at) => at + 1);
}

function isGiven({ url }: Seen): boolean {
  return /^(\/api\/v3)?\/(repositories|organizations)\/\d/.test(url) || /[?&]after=/.test(url);
}

/** The judge takes a parameter for one part of the path, so that slashes in it must be escaped. */
function addressOf({ url, route, params }: Seen): string {
  const path = (route as string).replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const query = url.indexOf("?");
  return query === -1 ? path : path + url.slice(query);
}
