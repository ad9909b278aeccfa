import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConnectorError } from "../../model/index.ts";
import { packageRoot } from "../../package-root.ts";
import type { ProgramDoor } from "./entry.ts";
import type { Place } from "./place.ts";

/** What one assistant or another fills in when it reads its file: `$NAME`, `${NAME}`, `{env:NAME}`, `{file:name}`. */
const REFERENCE = /\$[\w{(]|\{(?:env|file):/;

/** Where this headwater runs from. */
export interface Running {
  /** The package's folder. */
  folder: string;
  /** The Node that runs it. */
  node: string;
}

export function runningHere(): Running {
  return { folder: packageRoot(), node: lastingNode(process.execPath) };
}

/**
 * The command with which a client starts this headwater: through npx where npx fetched it from the registry, else Node and
 * our file by their full names, because a client knows neither this folder nor, often, this PATH.
 */
export function startCommand(place: Place, running: Running, args: readonly string[]): ProgramDoor {
  const door = isFromNpx(running.folder)
    ? npxCommand(place, args)
    : { command: running.node, args: [join(running.folder, "dist", "cli.js"), ...args] };
  const expanded = [door.command, ...door.args].find((word) => REFERENCE.test(word));
  if (expanded === undefined) return door;
  throw new ConnectorError("usage", `${expanded} looks like a reference, which assistants would fill in.`, {
    hint: "Use a folder without $ and without {env: or {file: in its name.",
  });
}

/** `npx -y headwater`. On Windows npx is a batch file, which clients can only start through cmd.exe. */
export function npxCommand(place: Place, args: readonly string[]): ProgramDoor {
  if (place.platform !== "win32") return { command: "npx", args: ["-y", "headwater", ...args] };
  const unsafe = args.find((arg) => /[&|<>^%!"()\r\n]/.test(arg));
  if (unsafe !== undefined) {
    throw new ConnectorError("usage", `${unsafe} holds a sign that cmd.exe would take for a command.`, {
      hint: "Move it to a folder without & | < > ^ % ! ( ) in its name.",
    });
  }
  return { command: "cmd", args: ["/c", "npx", "-y", "headwater", ...args] };
}

/** npx keeps what it fetched in `_npx/<hash>`, whose package.json says from where: a version, or a file. */
function isFromNpx(folder: string): boolean {
  const home = dirname(dirname(folder));
  if (!/[\\/]_npx[\\/][0-9a-f]+$/.test(home)) return false;
  try {
    const { dependencies } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    return /^[~^=]?\d|^\*$|^latest$/.test(dependencies?.headwater ?? "");
  } catch {
    return false;
  }
}

/** Homebrew's Node by the name that stays when its version changes. */
function lastingNode(node: string): string {
  const real = existsSync(node) ? realpathSync(node) : node;
  const [, prefix, formula] = /^(.+)\/Cellar\/(node(?:@\d+)?)\//.exec(real) ?? [];
  const lasting = prefix === undefined ? real : `${prefix}/opt/${formula}/bin/node`;
  return existsSync(lasting) ? lasting : real;
}
