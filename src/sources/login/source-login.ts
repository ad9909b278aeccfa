import { CONNECTORS } from "../../connectors/index.ts";
import type { Connector, LoginClient, SignIn } from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";
import type { Catalog } from "../catalog.ts";
import { configError } from "../mistakes.ts";
import { type ConfiguredSource, strictOptions } from "../read-source.ts";
import type { Secrets } from "../secrets/open-secrets.ts";

/** How a source proves who asks. */
export interface SourceLogin {
  connector: Connector;
  /** The way its options ask for; undefined when it needs none, as with folders. */
  method: SignIn | undefined;
  /** Present when that way is a login. */
  client: LoginClient | undefined;
}

/** All the ways to sign in that a connector knows. */
export function waysIn(connector: Connector): readonly SignIn[] {
  return connector.http?.auth ?? connector.auth ?? [];
}

/** The source with credentials in its options that are kept elsewhere, such as a client secret. */
export async function openedOptions(
  source: ConfiguredSource,
  secrets: Pick<Secrets, "open">,
): Promise<ConfiguredSource> {
  return { ...source, options: await secrets.open(source.options) };
}

/** The first way that applies to the options. */
export function methodOf(connector: Connector, config: unknown): SignIn | undefined {
  return waysIn(connector).find((method) => method.applies(config));
}

/** How a configured source proves who asks; `changed` options stand in for written ones. Throws `config` for mistakes. */
export async function sourceLogin(
  source: ConfiguredSource,
  changed: Readonly<Record<string, unknown>> = {},
  catalog: Catalog = CONNECTORS,
): Promise<SourceLogin> {
  if (source.mistakes.length > 0) throw configError(source.mistakes);
  const load = catalog[source.entry.connectorId];
  const connector = await load?.();
  const parsed = connector && strictOptions(connector, { ...source.options, ...changed });
  if (!connector || !parsed?.success) {
    throw new ConnectorError("config", `The options of source ${source.entry.id} are not complete.`, {
      hint: "See what is missing: headwater config validate",
    });
  }
  const method = methodOf(connector, parsed.data);
  return { connector, method, client: method?.login?.(parsed.data) };
}
