import { readFileSync } from "node:fs";
import type { ImapFlow, ImapFlowOptions } from "imapflow";
import { ConnectorError, type Context } from "../kit/index.ts";
import { explained } from "./explain.ts";
import type { ImapConfig } from "./options.ts";
import { providerOf } from "./providers.ts";

/** What a connection needs to know of its source. */
export type Opening = Pick<Context<ImapConfig, unknown>, "source" | "config" | "tokens" | "http">;

/** IDLE ends after 29 minutes at the latest, RFC 2177; a minute's grace for slow networks and stricter servers. */
const IDLE_MS = 25 * 60_000;
/** A connection that says nothing for so long is given up, also one that is merely kept. */
const SILENCE_MS = 120_000;
/** One literal: a mail or a part of one. */
const LARGEST = 150_000_000;

/** A conversation with the server, signed in. */
export interface Connection {
  readonly flow: ImapFlow;
  /** Told of UIDs that vanished while it is set. */
  onVanished: ((uid: number) => void) | undefined;
}

/** Opens a connection and signs in. Throws `auth`, `config` or `unavailable` in our words. */
export async function openConnection(opening: Opening, purpose: "reading" | "news"): Promise<Connection> {
  try {
    return await signIn(opening, purpose, false);
  } catch (error) {
    const { config, source } = opening;
    const usesLogin = config.password === undefined && config.accessToken === undefined;
    const refused = (error as { authenticationFailed?: boolean }).authenticationFailed === true;
    if (!usesLogin || !refused) throw explained(error, source, config);
    return await signIn(opening, purpose, true).catch((again) => {
      throw explained(again, source, config);
    });
  }
}

async function signIn(opening: Opening, purpose: "reading" | "news", refused: boolean): Promise<Connection> {
  const { config } = opening;
  const auth = await credentialOf(opening, refused);
  const { ImapFlow } = await import("imapflow");
  let connection: Connection | undefined;
  const flow = new ImapFlow({
    ...wireOf(opening),
    auth,
    qresync: usesQresync(config),
    expungeHandler: ({ uid }) => {
      if (uid !== undefined) connection?.onVanished?.(uid);
      if (purpose === "news") flow.emit("expunge", { path: "", uid, vanished: true });
    },
    ...(purpose === "reading" ? { socketTimeout: SILENCE_MS } : { maxIdleTime: IDLE_MS }),
  });
  flow.on("error", () => {}); // told by whatever was being asked
  connection = { flow, onVanished: undefined };
  await flow.connect();
  return connection;
}

/** Where to, and how it is kept private. */
function wireOf(opening: Opening): ImapFlowOptions {
  const { config, source, http } = opening;
  const { host, useSsl, startTls } = config;
  if (!useSsl && !startTls && !(config.allowPlaintext && isLoopback(host)))
    throw new ConnectorError("config", `${source} would send its password in the clear.`, {
      hint: isLoopback(host)
        ? `Set allowPlaintext: true for ${source}: the server is on this machine.`
        : `Set useSsl: true, or startTls: true, for ${source}.`,
    });
  return {
    host,
    port: config.port ?? (useSsl ? 993 : 143),
    secure: useSsl,
    ...(!useSsl && { doSTARTTLS: startTls }),
    // The library hands these to every connection, encrypted from its first byte or not.
    tls: {
      rejectUnauthorized: config.tlsRejectUnauthorized,
      minVersion: "TLSv1.2",
      lookup: http.lookup(host),
      ...(config.tlsCaFile !== undefined && { ca: readPem(config.tlsCaFile) }),
    },
    clientInfo: { name: "headwater" },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: 30_000,
    greetingTimeout: 30_000,
    maxLiteralSize: LARGEST,
    maxResponseSize: LARGEST * 2,
    maxLineLength: LARGEST,
  };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConnectorError("config", "The file that tlsCaFile names cannot be read.", {
      hint: "Check the path and that your user may read it.",
      cause,
    });
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** iCloud answers QRESYNC with messages that are still there (Foundry376/Mailspring-Sync#91). */
export function usesQresync({ qresync, host }: ImapConfig): boolean {
  return qresync === "on" || (qresync === "auto" && !/(^|\.)(mail\.me|icloud)\.com$/i.test(host));
}

async function credentialOf(opening: Opening, refused: boolean): Promise<NonNullable<ImapFlowOptions["auth"]>> {
  const { config, source } = opening;
  const user = config.username;
  if (config.password !== undefined) return { user, pass: config.password };
  if (config.accessToken !== undefined) return { user, accessToken: config.accessToken };
  if (config.clientId !== undefined) return { user, accessToken: (await opening.tokens(refused)).accessToken };
  const provider = providerOf(config);
  const keep = `headwater secrets set ${source}-password, then password: secret://${source}-password`;
  const hint = [
    provider?.password ?? `Put an app password into password: ${keep}`,
    ...(provider?.wantsLogin ? [`Then: headwater login ${source} --client-id <client id>`] : []),
    ...(provider && !provider.wantsLogin ? [`Keep it with: ${keep}`] : []),
  ];
  throw new ConnectorError("config", `The options of ${source} hold no password and no way to log in.`, {
    hint: hint.join("\n"),
  });
}
