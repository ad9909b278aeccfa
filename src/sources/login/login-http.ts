import {
  type Clock,
  type Http,
  type HttpFailure,
  type HttpService,
  type Logger,
  openHttp,
} from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";
import { passingMemory } from "../passing-memory.ts";

export interface LoginHttpOptions {
  source: string;
  /** Any address of the login server. */
  url: string;
  allowPrivateNetwork: boolean;
  clock: Clock;
  log: Logger;
}

/** A refusal as it came; it may hold the server's words, so it is never shown. */
export class Refusal {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;

  constructor({ status, headers, body }: HttpFailure) {
    this.status = status;
    this.headers = headers;
    this.body = typeof body === "string" ? body : JSON.stringify(body);
  }
}

/** Runs something with our guarded way to a login server: no credential of the source, no repeating of a POST. */
export async function withLoginHttp<T>(
  options: LoginHttpOptions,
  run: (http: OpenLoginHttp) => Promise<T>,
): Promise<T> {
  const { url, ...rest } = options;
  const tokens = () => {
    throw new ConnectorError("bug", "A login server is asked without tokens.");
  };
  const open = openHttp({ ...rest, service: loginService(url), config: {}, memory: passingMemory(), tokens });
  try {
    return await run({ until: (signal) => open.until(signal) });
  } finally {
    await open.close();
  }
}

export interface OpenLoginHttp {
  until(signal: AbortSignal): Http;
}

function loginService(url: string): HttpService {
  return {
    baseUrl: () => new URL(url).origin,
    auth: [],
    buckets: { default: { concurrency: 2 } },
    // The server's overload stays an error of the network; its refusals are answers.
    explain: (failure) =>
      failure.status >= 400 && failure.status < 500 && failure.status !== 429
        ? { kind: "auth", message: "The login server refused.", cause: new Refusal(failure) }
        : undefined,
  };
}
