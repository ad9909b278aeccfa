import type { z } from "zod";
import { ConnectorError } from "../../../model/index.ts";
import { answerOf, checkShape } from "./answer.ts";
import { ask, type Reply } from "./ask.ts";
import { openBody, readBytes } from "./body.ts";
import { decodeJson } from "./decode.ts";
import type { Answer, HttpRequest } from "./http.ts";
import { type Kept, keepKey, recall, remember } from "./keep.ts";
import { prepareRequest } from "./request.ts";
import { TryFailed } from "./try-failed.ts";
import type { Line } from "./wire.ts";

const JSON_TYPES = "application/json";

export async function askJson<T>(line: Line, request: HttpRequest, schema: z.ZodType<T>): Promise<Answer<T>> {
  if (request.keep) return askKept(line, request, schema);
  return ask(line, request, {
    accept: JSON_TYPES,
    timeoutMs: line.wire.limits.documentMs,
    read: async (reply) => answerOf(reply, checkShape(reply, await readJson(reply, request), schema)),
  });
}

/** Undefined when the service says that nothing changed. */
export async function askChanged<T>(
  line: Line,
  request: HttpRequest,
  etag: string | undefined,
  schema: z.ZodType<T>,
): Promise<Answer<T> | undefined> {
  if (etag === undefined) return askJson(line, request, schema);
  return ask(line, conditional(request, etag), {
    accept: JSON_TYPES,
    timeoutMs: line.wire.limits.documentMs,
    conditional: true,
    read: async (reply) => {
      if (reply.status === 304) return discard(reply);
      return answerOf(reply, checkShape(reply, await readJson(reply, request), schema));
    },
  });
}

async function askKept<T>(line: Line, request: HttpRequest, schema: z.ZodType<T>): Promise<Answer<T>> {
  const { wire } = line;
  const key = keepKey(prepareRequest(wire, request, JSON_TYPES), request);
  const kept = await recall(wire, key);
  return ask(line, kept ? conditional(request, kept.etag) : request, {
    accept: JSON_TYPES,
    timeoutMs: wire.limits.documentMs,
    conditional: kept !== undefined,
    read: async (reply) => {
      if (reply.status === 304 && kept) {
        discard(reply);
        return confirmed(reply, kept, schema);
      }
      const body = await readJson(reply, request);
      const answer = answerOf(reply, checkShape(reply, body, schema));
      if (answer.etag !== undefined && body !== undefined) {
        const link = reply.headers.get("link") ?? undefined;
        const { etag, status } = answer;
        await remember(wire, key, { etag, status, link, body: JSON.stringify(body) });
      }
      return answer;
    },
  });
}

function confirmed<T>(reply: Reply, kept: Kept, schema: z.ZodType<T>): Answer<T> {
  const headers = new Headers(reply.headers);
  headers.set("etag", kept.etag);
  if (kept.link !== undefined && !headers.has("link")) headers.set("link", kept.link);
  const was = { ...reply, status: kept.status, headers };
  return { ...answerOf(was, checkShape(was, JSON.parse(kept.body), schema)), kept: true };
}

function conditional(request: HttpRequest, etag: string): HttpRequest {
  return { ...request, headers: { ...request.headers, "if-none-match": etag } };
}

function discard(reply: Reply): undefined {
  reply.body.on("error", () => {}).resume();
}

/** The parsed body of an answer, whole or not at all. */
export async function readJson(reply: Reply, request: HttpRequest): Promise<unknown> {
  const bytes = await readWhole(reply, request);
  return request.method === "HEAD" ? undefined : decodeJson(reply.wire, reply, bytes);
}

/** All bytes of an answer. What is cut or comes too slowly may be asked for again. */
export async function readWhole(reply: Reply, request: HttpRequest): Promise<Buffer> {
  const maxBytes = request.maxBytes ?? reply.wire.limits.documentBytes;
  try {
    return await readBytes(openBody(reply.wire, reply, maxBytes, reply.late));
  } catch (thrown) {
    const error = ConnectorError.from(thrown);
    throw new TryFailed(error, error.kind === "bad_response" || error.kind === "unavailable" ? "twice" : "never");
  }
}
