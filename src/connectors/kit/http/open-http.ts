import { setMaxListeners } from "node:events";
import type { Readable } from "node:stream";
import { ConnectorError } from "../../../model/index.ts";
import type { Clock, Logger } from "../define.ts";
import { answerOf } from "./answer.ts";
import { ask } from "./ask.ts";
import { openBody } from "./body.ts";
import { type HttpCounts, noHttpCounts } from "./counts.ts";
import { Credentials } from "./credentials.ts";
import { decodeText } from "./decode.ts";
import { askGraphql } from "./graphql.ts";
import { type Guard, guardOf, type Resolve, systemResolve } from "./guard.ts";
import type { Answer, Http, HttpRequest } from "./http.ts";
import { askChanged, askJson, readWhole } from "./json.ts";
import { HTTP_LIMITS, type HttpLimits } from "./limits.ts";
import { guardedLookup, openNetwork } from "./network.ts";
import { askPages } from "./pages.ts";
import { lowerCase } from "./request.ts";
import type { AuthContext, HttpService, Memory, Tokens } from "./service.ts";
import { openSocket } from "./socket.ts";
import type { Line, Wire } from "./wire.ts";

export interface HttpSettings {
  source: string;
  /** Undefined for connectors that do not speak HTTP: asking is then a `bug`. */
  service: HttpService | undefined;
  config: unknown;
  memory: Memory;
  /** `refused`: the service refused what the tokens before were good for, so newer ones are wanted. */
  tokens: (refused?: boolean) => Promise<Tokens>;
  /** Addresses of private networks and of this machine may be reached. */
  allowPrivateNetwork: boolean;
  clock: Clock;
  log: Logger;
  /** Of headwater, for the `User-Agent`. */
  version?: string;
  /** By default HTTP_LIMITS. */
  limits?: Partial<HttpLimits>;
  /** How names become addresses; by default as this machine does it. */
  resolve?: Resolve;
  /** Where the proxy is named; by default this process's environment. */
  environment?: NodeJS.ProcessEnv;
}

/** One source's way to its service. */
export interface OpenHttp {
  /** The same service, stopped by a signal. */
  until(signal: AbortSignal): Http;
  /** What was asked so far. */
  counts(): Readonly<HttpCounts>;
  /** Stops what is under way. */
  close(): Promise<void>;
}

export function openHttp(settings: HttpSettings): OpenHttp {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const counts = noHttpCounts();
  let opened: Wire | undefined;
  const wire = (): Wire => {
    opened ??= openWire(settings, counts, closing.signal);
    return opened;
  };
  return {
    until: (signal) => {
      const either = AbortSignal.any([signal, closing.signal]);
      // Every request listens while it is under way; Node takes more than ten for a leak.
      setMaxListeners(0, either);
      return httpOf(settings, () => ({ wire: wire(), signal: either, anonymous: false }));
    },
    counts: () => ({ ...counts }),
    close: async () => {
      closing.abort();
      if (counts.requests > 0) settings.log.debug("requests.counted", { ...counts });
      await opened?.network.close();
    },
  };
}

function openWire(settings: HttpSettings, counts: HttpCounts, closing: AbortSignal): Wire {
  const { source, service, config, clock, log, memory } = settings;
  if (!service) throw new ConnectorError("bug", `The connector of ${source} does not speak HTTP.`);
  const guard = guardFor(settings);
  const limits = { ...HTTP_LIMITS, ...settings.limits };
  const context = (refused: boolean): AuthContext<unknown> => ({
    source,
    config,
    http: httpOf(settings, () => ({ wire, signal: closing, anonymous: true })),
    tokens: () => settings.tokens(refused),
    clock,
    log,
    signal: closing,
  });
  const wire: Wire = {
    source,
    service,
    base: baseAddress(source, service.baseUrl(config)),
    homeHeaders: lowerCase(service.headers?.(config) ?? {}),
    userAgent: settings.version ? `headwater/${settings.version}` : "headwater",
    credentials: new Credentials(source, service, context, clock),
    guard,
    network: openNetwork(guard, limits, settings.environment ?? process.env),
    limits,
    memory,
    counts,
    clock,
    log,
  };
  return wire;
}

function baseAddress(source: string, written: string): URL {
  if (URL.canParse(written)) return new URL(written.replace(/\/+$/, ""));
  throw new ConnectorError("config", `The address in the options of ${source} cannot be read.`, {
    hint: "Write it whole, such as https://example.com.",
  });
}

function guardFor({ source, allowPrivateNetwork, resolve = systemResolve }: HttpSettings): Guard {
  return { source, allowPrivateNetwork, resolve };
}

function httpOf(settings: HttpSettings, line: () => Line): Http {
  return {
    json: async (request, schema) => askJson(line(), request, schema),
    changed: async (request, etag, schema) => askChanged(line(), request, etag, schema),
    text: async (request) => askText(line(), request),
    stream: async (request) => askStream(line(), request),
    pages: (first, schema, next) => askPages(line(), first, schema, next),
    graphql: async (query, schema) => askGraphql(line(), query, schema),
    socket: async (url) => openSocket(line(), url),
    lookup: (host) => guardedLookup(guardOf(guardFor(settings), host)),
  };
}

function askText(line: Line, request: HttpRequest): Promise<Answer<string>> {
  return ask(line, request, {
    accept: "*/*",
    timeoutMs: line.wire.limits.documentMs,
    read: async (reply) => answerOf(reply, decodeText(reply.headers, await readWhole(reply, request))),
  });
}

function askStream(line: Line, request: HttpRequest): Promise<Answer<Readable>> {
  const { streamBytes, streamMs } = line.wire.limits;
  return ask(line, request, {
    accept: "*/*",
    timeoutMs: streamMs,
    read: async (reply) => {
      const body = openBody(line.wire, reply, request.maxBytes ?? streamBytes, reply.late);
      reply.keepOpen(body);
      return answerOf(reply, body);
    },
  });
}
