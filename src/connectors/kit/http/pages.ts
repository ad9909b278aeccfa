import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { z } from "zod";
import { ConnectorError } from "../../../model/index.ts";
import { followSignal } from "./deadline.ts";
import type { Answer, HttpRequest } from "./http.ts";
import { askJson } from "./json.ts";
import { addressOf } from "./request.ts";
import type { Line } from "./wire.ts";

/** The pages of a list; one page is on its way while the caller works on the one before. */
export async function* askPages<T>(
  line: Line,
  first: HttpRequest,
  schema: z.ZodType<T>,
  next: (answer: Answer<T>) => HttpRequest | undefined = (answer) => linked(first, answer),
): AsyncGenerator<Answer<T>> {
  const own = followSignal(line.signal);
  const walk = new Walk(line, first);
  const start = async (request: HttpRequest) => {
    walk.step(request);
    return askJson({ ...line, signal: own.signal }, request, schema);
  };
  let coming: Promise<Answer<T>> | undefined = start(first);
  try {
    while (coming) {
      const answer: Answer<T> = await coming;
      const request = next(answer);
      coming = request && start(request);
      // Its failure is told when its turn comes.
      coming?.catch(() => {});
      if (coming) await untilSent();
      yield answer;
    }
  } finally {
    own.stop();
    own.release();
  }
}

/**
 * The caller may keep the thread busy for a while with the page before, so the next question has to leave first: undici
 * looks at a connection that it uses again for one turn of the event loop (7.30, `scheduleIdleSocketValidation`).
 */
async function untilSent(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

function linked<T>(first: HttpRequest, answer: Answer<T>): HttpRequest | undefined {
  return answer.next === undefined ? undefined : { ...first, url: answer.next, query: undefined };
}

/** The way through a list: never twice the same step, never away from where it began. */
class Walk {
  readonly #line: Line;
  readonly #origin: string;
  readonly #met = new Set<string>();

  constructor(line: Line, first: HttpRequest) {
    this.#line = line;
    this.#origin = addressOf(line.wire, first).origin;
  }

  step(request: HttpRequest): void {
    const url = addressOf(this.#line.wire, request);
    if (url.origin !== this.#origin) throw this.#astray(`leads to another address, ${url.host}`);
    const asked = createHash("sha256").update(`${request.method ?? "GET"} ${url.href}\n`);
    const key = asked.update(bodyKey(request.body)).digest("base64url");
    if (this.#met.has(key)) throw this.#astray("runs in a circle");
    this.#met.add(key);
  }

  #astray(what: string): ConnectorError {
    const { wire } = this.#line;
    return new ConnectorError("bad_response", `A list of ${wire.base.host} that ${wire.source} reads ${what}.`, {
      status: 200,
      hint: "Nothing of it was stored; the next sync asks again.",
    });
  }
}

function bodyKey(body: HttpRequest["body"]): string | Uint8Array {
  if (body === undefined || body instanceof Uint8Array) return body ?? "";
  return body instanceof URLSearchParams ? body.toString() : JSON.stringify(body);
}
