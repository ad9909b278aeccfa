import { basename } from "node:path";
import { ConnectorError } from "../model/index.ts";
import { plainLine } from "./plain-text.ts";
import { maskSecrets } from "./secret.ts";

export type KeyPath = readonly (string | number)[];

/** One thing wrong in the configuration. */
export interface ConfigMistake {
  file: string;
  /** 1-based; undefined when the mistake has no place in the file. */
  line?: number;
  /** The key path, as in `sources.notes.paths[0]`. */
  key: string;
  /** A whole sentence, naming the key. */
  message: string;
}

/** The order of the file. */
export function byLine(left: ConfigMistake, right: ConfigMistake): number {
  return (left.line ?? 0) - (right.line ?? 0);
}

/** `sources.notes.paths[0]` for a path of keys. */
export function keyText(path: KeyPath): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${plainLine(part)}`))
    .join("");
}

/** `headwater.yaml:7: sources.notes.paths …`, ready to print. */
export function mistakeText(mistake: ConfigMistake): string {
  const place = mistake.line === undefined ? basename(mistake.file) : `${basename(mistake.file)}:${mistake.line}`;
  return maskSecrets(`${place}: ${mistake.message}`);
}

/** All mistakes as one error of kind `config`. */
export function configError(mistakes: readonly ConfigMistake[]): ConnectorError {
  const lines = mistakes.map(mistakeText);
  const message =
    lines.length === 1
      ? (lines[0] as string)
      : `The configuration has ${lines.length} mistakes:\n  ${lines.join("\n  ")}`;
  return new ConnectorError("config", message, {
    hint: "Correct the file (headwater config edit), then: headwater config validate",
  });
}
