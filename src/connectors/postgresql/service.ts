import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ConnectorError } from "../kit/index.ts";
import { type Said, saidIn } from "./address.ts";

/**
 * What a file of services says of one of them (https://www.postgresql.org/docs/current/libpq-pgservice.html, 2026-11).
 * Without a path it is `~/.pg_service.conf`. Throws `config`.
 */
export function readService(name: string, path = join(homedir(), ".pg_service.conf")): Said {
  const services = servicesIn(read(path));
  const asked = services.get(name);
  if (asked !== undefined) return saidIn(asked, `the service ${name}`);
  const others = [...services.keys()].slice(0, 5).join(", ");
  throw new ConnectorError("config", `The file of services has no [${name}].`, {
    hint: others === "" ? "Correct service, or set serviceFile." : `Correct service. The file has ${others}.`,
  });
}

function servicesIn(text: string): Map<string, Map<string, string>> {
  const services = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/).map((one) => one.trim())) {
    const heading = /^\[(.+)\]$/.exec(line)?.[1];
    const [, key, value] = /^([a-z_]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (heading !== undefined) {
      current = new Map();
      if (!services.has(heading)) services.set(heading, current); // the first of one name holds
    } else if (key !== undefined && value !== undefined) current?.set(key, value);
  }
  return services;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConnectorError("config", "The file of services cannot be read.", {
      hint: "Make ~/.pg_service.conf, or name another one in serviceFile.",
      cause,
    });
  }
}
