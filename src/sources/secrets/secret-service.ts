import { ConnectorError, type Http, type HttpService, openHttp } from "../../connectors/kit/index.ts";
import { passingMemory } from "../passing-memory.ts";
import type { SecretContext } from "./secret-provider.ts";

/** A service that keeps credentials, and how it is asked for one. */
export interface SecretService extends Pick<HttpService, "headers" | "explain"> {
  /** In words, for messages. */
  name: string;
  /** What is read, as it is written in the configuration. */
  reference: string;
  baseUrl: string;
  allowPrivateNetwork: boolean;
}

/** Opens a way to the service for as long as `run` takes. Requests bring their own credential: no login of ours is used. */
export async function withSecretService<T>(
  { clock, log, signal }: SecretContext,
  { name, reference, baseUrl, allowPrivateNetwork, ...service }: SecretService,
  run: (http: Http) => Promise<T>,
): Promise<T> {
  const open = openHttp({
    source: reference,
    service: { ...service, baseUrl: () => baseUrl, auth: [], buckets: { default: { concurrency: 4 } } },
    config: {},
    memory: passingMemory(),
    tokens: () => {
      throw new ConnectorError("bug", `${name} is asked without a login of ours.`);
    },
    allowPrivateNetwork,
    clock,
    log,
  });
  try {
    return await run(open.until(signal));
  } finally {
    await open.close();
  }
}
