import { ConnectorError } from "../../model/index.ts";
import type { AddressDoor } from "./entry.ts";

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$/;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The name under which clients list the server. */
export function serverName(given: unknown): string {
  if (given === undefined) return "headwater";
  if (typeof given === "string" && NAME.test(given)) return given;
  throw new ConnectorError("usage", `${JSON.stringify(given)} cannot be the name of a server.`, {
    hint: "Names are letters, digits, hyphens and underscores, at most 64: --name work-notes",
  });
}

/** The address of `--http`, safe to write into a file: no credentials in it, and no token but by its variable's name. */
export function addressDoor(http: unknown, tokenVariable: unknown): AddressDoor | undefined {
  if (http === undefined) {
    if (tokenVariable === undefined) return undefined;
    throw new ConnectorError("usage", "--token-env belongs to an address.", {
      hint: "Write: headwater install --http http://127.0.0.1:7800/mcp --token-env HEADWATER_TOKEN",
    });
  }
  const url = URL.canParse(String(http)) ? new URL(String(http)) : undefined;
  if (url?.protocol !== "https:" && !(url?.protocol === "http:" && LOOPBACK.has(url.hostname))) {
    throw new ConnectorError("usage", "--http needs an https address, or http on this machine.", {
      hint: "headwater install --http http://127.0.0.1:7800/mcp",
    });
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new ConnectorError("usage", "An address with credentials or questions in it is not written into files.", {
      hint: "Name the variable that holds the token: --token-env HEADWATER_TOKEN",
    });
  }
  if (tokenVariable !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(String(tokenVariable))) {
    throw new ConnectorError("usage", "--token-env needs the name of an environment variable, not the token itself.", {
      hint: "headwater install --http <address> --token-env HEADWATER_TOKEN",
    });
  }
  return { url: url.href, ...(tokenVariable !== undefined && { tokenVariable: String(tokenVariable) }) };
}
