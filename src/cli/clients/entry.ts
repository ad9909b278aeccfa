import { ConnectorError } from "../../model/index.ts";

/** How a client reaches headwater: a program it starts, or an address it asks. */
export type Door = ProgramDoor | AddressDoor;

export interface ProgramDoor {
  readonly command: string;
  readonly args: readonly string[];
}

export interface AddressDoor {
  readonly url: string;
  /** The environment variable of the client that holds the bearer token; the token itself is never written. */
  readonly tokenVariable?: string;
}

/** What stands under our name in a client's file. */
export type Entry = Readonly<Record<string, unknown>>;

/** One client's way to write both doors. */
export interface Shape {
  program(door: ProgramDoor, name: string): Entry;
  /** Absent where the client's file takes no addresses. */
  address?(door: AddressDoor, name: string): Entry;
  /** No documented way to name a variable: a token cannot be meant without being written. */
  readonly withoutVariables?: boolean;
}

/** A header with the token in the client's own form of a reference; NAME stands for the variable's. */
function bearer(door: AddressDoor, reference: string): Entry {
  if (door.tokenVariable === undefined) return {};
  return { headers: { Authorization: `Bearer ${reference.replace("NAME", () => door.tokenVariable as string)}` } };
}

const program = ({ command, args }: ProgramDoor): Entry => ({ command, args: [...args] });

/** `command` and `args`; no addresses. */
export const PROGRAM_ONLY: Shape = { program };

/** `command` and `args`; addresses under the key that the client names, with its form of references, if any. */
export function plainShape(urlKey: string, reference: string | undefined, more: Entry = {}): Shape {
  return {
    program,
    address: (door) => ({ [urlKey]: door.url, ...more, ...(reference !== undefined && bearer(door, reference)) }),
    withoutVariables: reference === undefined,
  };
}

/** With `type`, as Claude Code and VS Code write it. */
export function typedShape(reference: string): Shape {
  return {
    program: (door) => ({ type: "stdio", ...program(door) }),
    address: (door) => ({ type: "http", url: door.url, ...bearer(door, reference) }),
  };
}

/** https://developers.openai.com/codex/mcp, checked 2026-11-21. */
export const CODEX: Shape = {
  program,
  address: ({ url, tokenVariable }) => ({
    url,
    ...(tokenVariable !== undefined && { bearer_token_env_var: tokenVariable }),
  }),
};

/** https://block.github.io/goose/docs/guides/config-files, checked 2026-11-21. */
export const GOOSE: Shape = {
  program: ({ command, args }, name) => ({
    ...gooseHead(name),
    type: "stdio",
    cmd: command,
    args: [...args],
    envs: {},
  }),
  address: (door, name) => ({
    ...gooseHead(name),
    type: "streamable_http",
    uri: door.url,
    ...(door.tokenVariable !== undefined && {
      env_keys: [door.tokenVariable],
      headers: { Authorization: `Bearer \${${door.tokenVariable}}` },
    }),
  }),
};

function gooseHead(name: string): Entry {
  return {
    enabled: true,
    name,
    description: "Searches and reads the private copy of your notes, files and services.",
    timeout: 300,
  };
}

/** https://opencode.ai/docs/mcp-servers, checked 2026-11-21. Version 2 reads this form too. */
export const OPENCODE: Shape = {
  program: ({ command, args }) => ({ type: "local", command: [command, ...args], enabled: true }),
  address: (door) => ({ type: "remote", url: door.url, enabled: true, ...bearer(door, "{env:NAME}") }),
};

/** The entry of a door, or a sentence why the client cannot have it. */
export function entryOf(shape: Shape, door: Door, name: string, title: string): Entry {
  if ("command" in door) return shape.program(door, name);
  if (door.tokenVariable !== undefined && shape.withoutVariables) {
    throw new ConnectorError("unsupported", `${title} has no documented way to name a variable for the token.`, {
      hint: "Leave out --http, and it starts headwater by itself; or write the token into its file by hand.",
    });
  }
  if (shape.address) return shape.address(door, name);
  throw new ConnectorError("unsupported", `${title} takes no addresses in its file, only programs to start.`, {
    hint: "Leave out --http, and it starts headwater by itself.",
  });
}
