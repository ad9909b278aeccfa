import { mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Document, isMap, parseDocument } from "yaml";
import { ConnectorError } from "../model/index.ts";
import type { KeyPath } from "./mistakes.ts";

/** The first lines of a new file; the schema gives editors completion and explanations. */
export function newConfigText(schemaFile: string): string {
  return `# yaml-language-server: $schema=${pathToFileURL(schemaFile).href}
# The sources headwater keeps a copy of. Check this file with: headwater config validate
version: 1
`;
}

/** The text with one more source; everything else, comments too, stays as it was. Throws `usage` when the name is taken. */
export function addSource(text: string, name: string, entry: Record<string, unknown>): string {
  const document = parseDocument(text);
  if (document.hasIn(["sources", name])) {
    throw new ConnectorError("usage", `There is already a source ${JSON.stringify(name)}.`, {
      hint: "Choose another name with --name, or change the source: headwater config edit",
    });
  }
  return edited(document, () => {
    if (!isMap(document.getIn(["sources"], true))) document.setIn(["sources"], document.createNode({}));
    document.setIn(["sources", name], document.createNode(entry));
  });
}

/** The text without a source; everything else, comments too, stays as it was. */
export function removeSource(text: string, name: string): string {
  const document = parseDocument(text);
  return edited(document, () => void document.deleteIn(["sources", name]));
}

/** The text with one value set; maps on the way are made. */
export function setOption(text: string, path: KeyPath, value: unknown): string {
  const document = parseDocument(text);
  return edited(document, () => document.setIn(path, document.createNode(value)));
}

/** Replaces the file in one step, through symbolic links, readable by its owner alone when it is new. */
export function writeConfig(path: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true });
  const target = realPath(path);
  const fresh = join(dirname(target), `.headwater-${process.pid}.tmp`);
  try {
    writeFileSync(fresh, text, { mode });
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw new ConnectorError("config", `The configuration ${path} cannot be written.`, { cause: error });
  }
}

function edited(document: Document, change: () => void): string {
  if (document.errors.length > 0) {
    throw new ConnectorError("config", "The configuration is not valid YAML, so it was not changed.", {
      hint: "See the mistakes: headwater config validate",
    });
  }
  change();
  flowless(document.getIn(["sources"], true));
  return document.toString({ lineWidth: 120, flowCollectionPadding: true });
}

/** `sources: {}` written by hand would keep new entries on one line. */
function flowless(sources: unknown): void {
  if (isMap(sources) && sources.flow) sources.flow = false;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
