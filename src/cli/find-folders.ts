import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";

/** A folder worth indexing. */
export interface FoundFolder {
  path: string;
  what: "vault" | "folder";
  name: string;
}

export interface Search {
  home?: string;
  /** Where Obsidian keeps its list; by default this platform's places. */
  obsidianLists?: readonly string[];
  /** The look through the home folder ends after this time. */
  timeMs?: number;
}

const DEEPEST = 4;
const MOST_FOLDERS = 4000;
const PLAIN = ["Documents", "Notes"];
const SKIPPED = new Set([
  "node_modules",
  "Library",
  "AppData",
  "Applications",
  "Pictures",
  "Movies",
  "Music",
  "Videos",
  "Downloads",
  "snap",
  "go",
]);

/** Obsidian vaults, from Obsidian's own list and a short look through the home folder, then the usual folders. */
export async function findFolders(search: Search = {}): Promise<FoundFolder[]> {
  const home = search.home ?? homedir();
  const listed = (search.obsidianLists ?? obsidianLists(home)).flatMap(vaultsListed);
  const walked = await vaultsBelow(home, Date.now() + (search.timeMs ?? 2000));
  const vaults = [...new Set([...listed, ...walked])].sort();
  const plain = PLAIN.map((name) => join(home, name)).filter((path) => existsSync(path) && !vaults.includes(path));
  const found = (what: FoundFolder["what"]) => (path: string) => ({ path, what, name: basename(path) });
  return [...vaults.map(found("vault")), ...plain.map(found("folder"))];
}

/** https://help.obsidian.md/data-storage, checked 2026-11-21: obsidian.json lists the vaults that were opened. */
function obsidianLists(home: string): string[] {
  return [
    join(process.env.XDG_CONFIG_HOME ?? join(home, ".config"), "obsidian", "obsidian.json"),
    join(home, ".var", "app", "md.obsidian.Obsidian", "config", "obsidian", "obsidian.json"),
    join(home, "snap", "obsidian", "current", ".config", "obsidian", "obsidian.json"),
    join(home, "Library", "Application Support", "obsidian", "obsidian.json"),
    ...(process.env.APPDATA ? [join(process.env.APPDATA, "obsidian", "obsidian.json")] : []),
  ];
}

function vaultsListed(list: string): string[] {
  try {
    const { vaults } = JSON.parse(readFileSync(list, "utf8")) as { vaults?: Record<string, { path?: unknown }> };
    const paths = Object.values(vaults ?? {}).map((vault) => vault.path);
    return paths.filter((path): path is string => typeof path === "string" && existsSync(path));
  } catch {
    return [];
  }
}

/** Breadth first, bounded in depth, number and time; does not look inside a vault or into hidden folders. */
async function vaultsBelow(home: string, until: number): Promise<string[]> {
  const vaults: string[] = [];
  let level = [home];
  let looked = 0;
  for (let depth = 0; depth <= DEEPEST; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      if (Date.now() > until || looked++ > MOST_FOLDERS) return vaults;
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
      if (folders.includes(".obsidian")) vaults.push(folder);
      else
        next.push(
          ...folders.filter((name) => !name.startsWith(".") && !SKIPPED.has(name)).map((name) => join(folder, name)),
        );
    }
    level = next;
  }
  return vaults;
}
