import { ConnectorError } from "../../../model/index.ts";
import type { Deadline } from "./deadline.ts";
import { type Hop, type Raw, sendHop } from "./dispatch.ts";
import type { Wire } from "./wire.ts";

const MOST_REDIRECTS = 10;
const LONGEST_FAREWELL = 16 * 1024;
const REDIRECTS = [301, 302, 303, 307, 308];

/** All that another origin is told. A list of what may go, so that no unknown header with a secret in it does. */
const HARMLESS = ["accept", "accept-encoding", "accept-language", "content-type", "range", "user-agent"];

/**
 * Sends a request and follows where it is led, by RFC 9110 §15.4. Once a step leaves the origin, credentials stay
 * behind for good, also when a later step leads back.
 */
export async function follow(wire: Wire, first: Hop, deadline: Deadline): Promise<Raw> {
  const met = new Set<string>();
  let hop = first;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    met.add(`${hop.method} ${hop.url.href}`);
    const raw = await sendHop(wire, hop, deadline);
    const location = raw.headers.get("location");
    if (!REDIRECTS.includes(raw.status) || location === null) return raw;
    // Read to its end where that is near, so that the connection can be used again.
    await raw.body.dump({ limit: LONGEST_FAREWELL, signal: deadline.signal }).catch(() => {});
    hop = nextHop(wire, hop, raw.status, location);
    if (met.has(`${hop.method} ${hop.url.href}`)) throw astray(wire, hop, raw.status, "in a circle");
  }
  throw astray(wire, hop, 302, `on more than ${MOST_REDIRECTS} times`);
}

function nextHop(wire: Wire, hop: Hop, status: number, location: string): Hop {
  const url = URL.canParse(location, hop.url.href) ? new URL(location, hop.url) : undefined;
  if (!url) throw astray(wire, hop, status, "to an address that cannot be read");
  if (hop.url.protocol === "https:" && url.protocol === "http:")
    throw astray(wire, hop, status, `from https to http at ${url.host}, which would go unencrypted`);
  url.hash = "";
  const away = url.origin !== hop.url.origin;
  const dropsBody = (status === 303 && hop.method !== "HEAD") || (status <= 302 && hop.method === "POST");
  if (away && hop.body && !dropsBody)
    throw astray(wire, hop, status, `to ${url.host}, which should not get its content`);
  const headers = Object.fromEntries(
    Object.entries(hop.headers).filter(
      ([name]) => (!away || HARMLESS.includes(name)) && !(dropsBody && name.startsWith("content-")),
    ),
  );
  return dropsBody ? { url, method: "GET", headers, body: undefined } : { ...hop, url, headers };
}

function astray(wire: Wire, hop: Hop, status: number, where: string): ConnectorError {
  return new ConnectorError("bad_response", `${hop.url.host} leads a request of ${wire.source} ${where}.`, {
    status,
    hint: `If the service has moved, correct the address in the source ${wire.source}.`,
  });
}
