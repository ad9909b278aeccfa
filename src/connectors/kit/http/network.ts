import type { LookupFunction } from "node:net";
import type { Dispatcher } from "undici";
import { ConnectorError } from "../../../model/index.ts";
import { checkedAddresses, type Guard } from "./guard.ts";
import type { HttpLimits } from "./limits.ts";

/** Of one message that comes through a WebSocket. Bytes. */
const LARGEST_TEXT = 4 * 1024 * 1024;
const PROXY_SCHEMES = ["http:", "https:", "socks5:"];

/** A source's connections. */
export interface Network {
  dispatcher(): Promise<Dispatcher>;
  /** Whether a proxy may stand between: then names are also checked before they are handed over to it. */
  readonly proxied: boolean;
  close(): Promise<void>;
}

/** The variables by which people name their proxy. */
const PROXIES = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"] as const;

/**
 * Connections are made to addresses that the guard has seen: it is the name lookup of every direct connection, so a name
 * cannot answer one address to a check and another one to the connection. A proxy resolves names itself; what it
 * makes of them is beyond us.
 */
export function openNetwork(guard: Guard, limits: HttpLimits, environment: NodeJS.ProcessEnv): Network {
  const proxied = PROXIES.some((name) => environment[name]);
  let opening: Promise<Dispatcher> | undefined;
  const open = async (): Promise<Dispatcher> => {
    const { Agent, EnvHttpProxyAgent } = await import("./agents.ts");
    const options = {
      connect: { lookup: guardedLookup(guard), timeout: limits.connectMs },
      headersTimeout: limits.headersMs,
      bodyTimeout: 0,
      maxHeaderSize: 64 * 1024,
      webSocket: { maxPayloadSize: LARGEST_TEXT },
    };
    if (!proxied) return new Agent(options);
    const noProxy = environment.no_proxy ?? environment.NO_PROXY;
    return new EnvHttpProxyAgent({
      ...options,
      ...named("httpProxy", guard.source, environment.http_proxy || environment.HTTP_PROXY),
      ...named("httpsProxy", guard.source, environment.https_proxy || environment.HTTPS_PROXY),
      ...(noProxy !== undefined && { noProxy }),
      proxyTunnel: false,
    });
  };
  return {
    proxied,
    dispatcher: () => {
      opening ??= open();
      return opening;
    },
    close: async () => {
      const dispatcher = await opening?.catch(() => undefined);
      await dispatcher?.destroy();
    },
  };
}

/** A proxy as people write it, the scheme left out too. */
function named(
  option: "httpProxy" | "httpsProxy",
  source: string,
  written: string | undefined,
): Record<string, string> {
  if (!written) return {};
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`;
  if (URL.canParse(address) && PROXY_SCHEMES.includes(new URL(address).protocol)) return { [option]: address };
  throw new ConnectorError("config", `The address of the proxy that ${source} is to use cannot be read.`, {
    hint: "Write HTTP_PROXY and HTTPS_PROXY such as http://proxy.example:8080.",
  });
}

/** Answers only addresses that may be reached. */
export function guardedLookup(guard: Guard): LookupFunction {
  return (hostname, options, callback) => {
    checkedAddresses(guard, hostname).then(
      (found) => {
        const wanted = options.family === 4 || options.family === 6 ? options.family : undefined;
        const usable = wanted ? found.filter((one) => one.family === wanted) : found;
        const [first] = usable;
        if (!first) callback(Object.assign(new Error("no address"), { code: "ENOTFOUND" }), "", 0);
        else if (options.all) callback(null, usable);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, "", 0),
    );
  };
}
