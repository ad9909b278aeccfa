import type { z } from "zod";
import { ConnectorError } from "../../../model/index.ts";
import type { Reply } from "./ask.ts";
import type { Raw } from "./dispatch.ts";
import type { Answer } from "./http.ts";
import { nextLink } from "./link.ts";
import { explainedError, isPassing } from "./refuse.ts";
import { TryFailed } from "./try-failed.ts";
import type { Wire } from "./wire.ts";

export function answerOf<T>(raw: Raw, body: T): Answer<T> {
  const { status, headers, url } = raw;
  const etag = headers.get("etag") ?? undefined;
  return { status, headers, body, url: url.href, etag, next: nextLink(headers, url), kept: false, refused: [] };
}

/** The body in the shape the connector needs. Where it is not, `explain` may know the service's own form of a refusal. */
export function checkShape<T>(reply: Reply, body: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const { wire, prepared, status, headers } = reply;
  const explained = wire.service.explain?.({
    status,
    headers,
    body,
    origin: reply.url.origin,
    path: reply.url.pathname,
    method: prepared.method,
  });
  if (explained) {
    const { kind } = explained;
    // Some services refuse a credential that has expired with status 200.
    const again = kind === "auth" && prepared.home ? "credential" : isPassing(kind) ? "later" : "never";
    throw new TryFailed(explainedError(explained, status), again);
  }
  throw new TryFailed(wrongShape(wire, reply.url.host, parsed.error, status), "never");
}

export function wrongShape(wire: Wire, host: string, error: z.ZodError, status: number): ConnectorError {
  const where = fieldOf(error.issues[0]?.path ?? []);
  return new ConnectorError("bad_response", `${host} answered ${wire.source} in an unexpected form, at ${where}.`, {
    status,
    hint: "The service may have changed. Look for a newer headwater.",
  });
}

/** Where in the answer; names that could be somebody's data are left out. */
function fieldOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "its beginning";
  return path
    .map((part) =>
      typeof part === "number" ? `[${part}]` : /^[A-Za-z_]\w{0,39}$/.test(String(part)) ? `.${String(part)}` : ".*",
    )
    .join("")
    .replace(/^\./, "");
}
