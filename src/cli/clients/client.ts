import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Shape } from "./entry.ts";
import type { Place } from "./place.ts";

export type Format = "json" | "toml" | "yaml";

/** A program that speaks MCP and keeps its servers in a file of its own. */
export interface FileClient {
  readonly id: string;
  readonly title: string;
  readonly format: Format;
  /** Where its file may lie, the usual place first; the first that exists is the one. */
  files(place: Place): string[];
  /** What exists when the program is installed, beside the folder of its file. */
  signs?(place: Place): string[];
  /** The keys under which servers stand, by name. */
  readonly keys: readonly string[];
  /** Keys used in place of `keys` when they lead to a map already. */
  readonly newerKeys?: readonly string[];
  readonly shape: Shape;
  /** What the person does so that the client sees the change. */
  readonly afterwards: string;
}

/** A client that is set up by hand: where and with what. */
export interface HandClient {
  readonly id: string;
  readonly title: string;
  readonly byHand: string;
  /** What is pasted: JSON as most clients write it, or an address. */
  readonly pastes: "json" | "address";
}

/** The client's file: the first of its places that exists, else the usual one. */
export function fileOf(client: FileClient, place: Place): string {
  const files = client.files(place);
  return files.find((file) => existsSync(file)) ?? (files[0] as string);
}

/** Whether the client has been used here. */
export function isInstalled(client: FileClient, place: Place): boolean {
  const signs = client.signs?.(place) ?? [];
  return [...client.files(place).flatMap((file) => [file, dirname(file)]), ...signs]
    .filter((path) => path !== place.home)
    .some((path) => existsSync(path));
}
