import { lookup as systemLookup } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { ConnectorError } from "../../../model/index.ts";

/** All addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

/** Which addresses a source may reach. */
export interface Guard {
  readonly source: string;
  readonly allowPrivateNetwork: boolean;
  readonly resolve: Resolve;
}

/** As this machine resolves names, its hosts file included. */
export const systemResolve: Resolve = (hostname) => systemLookup(hostname, { all: true, verbatim: true });

/** Where clouds hand out credentials to whatever runs inside. No source lives there, whatever its options say. */
const METADATA = ["169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "192.0.0.192"];

const NAT64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");

/** Refuses what can be refused by looking at an address: its scheme, a login inside it, a literal internal host. */
export function checkUrl(guard: Guard, url: URL): void {
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw refused(guard, `${url.protocol.slice(0, -1)} addresses`, "Only http and https are spoken.");
  if (url.username !== "" || url.password !== "")
    throw refused(guard, `an address of ${url.hostname} with a login in it`, "Use the credential options instead.");
  const literal = bare(url.hostname);
  if (isIP(literal) !== 0) checkAddress(guard, literal, literal);
}

/** Ranges that people give to machines of their own; 100.64.0.0/10 is what overlay networks hand out. */
const OWN_RANGES = new Set(["loopback", "private", "uniqueLocal", "carrierGradeNat"]);
/** Names that nobody can register: RFC 6761, 6762, 8375, and `internal` as ICANN reserved it; and those of one word, as containers have. */
const OWN_NAME = /^(?:[a-z][a-z0-9_-]*|(?:.+\.)?(?:localhost|local|internal|home\.arpa))$/i;

/**
 * The guard of a connection to a server that the options name and nothing from outside can change. Who writes a private
 * address there, or a name that cannot belong to a stranger, has said so; any other name must lead out into the internet.
 * Throws `config` when the host is itself an address that this source may not reach.
 */
export function guardOf(guard: Guard, hostname: string): Guard {
  const host = bare(hostname);
  const own = isIP(host) === 0 ? OWN_NAME.test(host) : OWN_RANGES.has(ipaddr.parse(host).range());
  const wider = own ? { ...guard, allowPrivateNetwork: true } : guard;
  if (isIP(host) !== 0) checkAddress(wider, host, host);
  return wider;
}

/** The addresses of a host, every one of them checked. Connect to these, not to the name: it may change its mind. */
export async function checkedAddresses(guard: Guard, hostname: string): Promise<{ address: string; family: number }[]> {
  const host = bare(hostname);
  if (isIP(host) !== 0) {
    checkAddress(guard, host, host);
    return [{ address: host, family: isIP(host) }];
  }
  const found = await guard.resolve(host);
  for (const { address } of found) checkAddress(guard, host, behindNat64(address));
  return [...found];
}

/** Networks without IPv4 have their resolvers wrap addresses of the old internet, RFC 6147: the wrapped one counts. */
function behindNat64(address: string): string {
  const parsed = ipaddr.parse(address);
  if (!(parsed instanceof ipaddr.IPv6) || !parsed.match(NAT64)) return address;
  return parsed.toByteArray().slice(12).join(".");
}

/** Throws when an address is not for this source. */
function checkAddress(guard: Guard, host: string, address: string): void {
  const parsed = ipaddr.parse(address);
  const plain = parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed;
  if (METADATA.includes(plain.toString()))
    throw refused(guard, `${host}, the address of a cloud's own metadata`, "No source is reached there.");
  if (guard.allowPrivateNetwork || isPublic(parsed)) return;
  throw refused(
    guard,
    `${host}, an address of a private network or of this machine`,
    `If that is right, set \`allowPrivateNetwork: true\` in the source ${guard.source}.`,
  );
}

/** Out in the internet. Addresses that carry another one inside (mapped, 6to4, NAT64, Teredo) are not: they lead anywhere. */
function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== "unicast") return false;
  return address instanceof ipaddr.IPv4 || (address.parts[0]! & 0xe000) === 0x2000;
}

function bare(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname.replace(/\.$/, "");
}

function refused(guard: Guard, what: string, hint: string): ConnectorError {
  return new ConnectorError("config", `${guard.source} may not reach ${what}.`, { hint });
}
