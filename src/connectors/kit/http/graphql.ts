import { z } from "zod";
import { ConnectorError, type ErrorKind } from "../../../model/index.ts";
import { answerOf, checkShape } from "./answer.ts";
import { ask, type Reply } from "./ask.ts";
import type { Answer, GraphqlQuery, HttpRequest } from "./http.ts";
import { readJson } from "./json.ts";
import { explainedError, isPassing } from "./refuse.ts";
import { TryFailed } from "./try-failed.ts";
import type { Line } from "./wire.ts";

const QueryError = z.object({
  type: z.string().optional(),
  path: z.array(z.union([z.string(), z.number()])).nullish(),
  extensions: z.object({ code: z.string().optional(), type: z.string().optional() }).nullish(),
});
type QueryError = z.infer<typeof QueryError>;

const Envelope = z.object({ data: z.unknown(), errors: z.array(QueryError).nullish() });

/** Codes that several services share; a service with its own has `explain`. */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  RATE_LIMITED: "rate_limited",
  RATELIMITED: "rate_limited",
  THROTTLED: "rate_limited",
  UNAUTHENTICATED: "auth",
  AUTHENTICATION_ERROR: "auth",
  FORBIDDEN: "permission",
  INSUFFICIENT_SCOPES: "permission",
  NOT_FOUND: "not_found",
  INTERNAL_SERVER_ERROR: "unavailable",
  INTERNAL: "unavailable",
};

export async function askGraphql<T>(line: Line, query: GraphqlQuery, schema: z.ZodType<T>): Promise<Answer<T>> {
  const { url = "/graphql", realm, bucket, cost, variables = {} } = query;
  const request: HttpRequest = {
    url,
    realm,
    cost,
    bucket: bucket ?? ("graphql" in line.wire.service.buckets ? "graphql" : undefined),
    method: "POST",
    reads: true,
    body: { query: query.query, variables },
  };
  return ask(line, request, {
    accept: "application/json",
    timeoutMs: line.wire.limits.documentMs,
    read: async (reply) => {
      const body = await readJson(reply, request);
      const { data, errors } = checkShape(reply, body, Envelope);
      const refused = (errors ?? []).map((error) => ({ path: pathOf(error), type: typeOf(error) }));
      const serious = refused.find(({ path }) => data == null || !isOptional(path, query.optional ?? []));
      if (serious) throw refusal(reply, body, serious.type);
      return { ...answerOf(reply, checkShape(reply, data, schema)), refused };
    },
  });
}

/** `repository.issues.nodes.3.author`, as optional fields are named but with the places in lists. */
function pathOf(error: QueryError): string {
  return (error.path ?? []).join(".");
}

function isOptional(path: string, optional: readonly string[]): boolean {
  const field = path.replace(/\.\d+(?=\.|$)/g, "");
  return field !== "" && optional.some((one) => field === one || field.startsWith(`${one}.`));
}

/** A code, never a sentence: those are the service's words. */
function typeOf(error: QueryError): string {
  const written = error.type ?? error.extensions?.code ?? error.extensions?.type ?? "";
  return /^[A-Za-z][\w-]{0,59}$/.test(written) ? written : "UNKNOWN";
}

function refusal(reply: Reply, body: unknown, type: string): TryFailed {
  const { wire, prepared, status, headers, url } = reply;
  const explained = wire.service.explain?.({
    status,
    headers,
    body,
    origin: url.origin,
    path: url.pathname,
    method: prepared.method,
  });
  const kind = explained?.kind ?? KINDS[type.toUpperCase()] ?? "bad_response";
  const error = explained
    ? explainedError(explained, status)
    : new ConnectorError(kind, `${url.host} refused a query of ${wire.source} (${type}).`, {
        status,
        hint: `Check what the credential may read: headwater test ${wire.source}`,
      });
  return new TryFailed(error, isPassing(kind) ? "later" : "never");
}
