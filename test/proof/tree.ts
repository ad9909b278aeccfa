import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

const WORDS =
  "weir sluice heron mill race flood gauge bank willow otter eel ladder culvert meander silt spate ford".split(" ");

/** A folder of notes that changes at random, and the configuration and data folder of a headwater that reads it. */
export class ChangingTree {
  readonly base = mkdtempSync(join(tmpdir(), "headwater-tree-"));
  readonly notes = join(this.base, "notes");
  readonly data = join(this.base, "data");
  readonly config = join(this.base, "headwater.yaml");
  readonly #random: () => number;
  #serial = 0;

  constructor(random: () => number, notes: number) {
    this.#random = random;
    for (let at = 0; at < notes; at++) this.#write(`folder ${at % 12}/note ${at}.md`);
    writeFileSync(
      this.config,
      `version: 1\nsources:\n  notes: { connector: files, paths: ["${this.notes}"], exclude: [] }\n`,
    );
  }

  get flags(): string[] {
    return ["--config", this.config, "--data", this.data];
  }

  #write(path: string): void {
    this.#serial += 1;
    const words = Array.from({ length: 60 }, () => WORDS[Math.floor(this.#random() * WORDS.length)]);
    const full = join(this.notes, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, `# Note ${this.#serial}\n\nserial${this.#serial} ${words.join(" ")}\n`);
  }

  /** Edits, adds, renames and (rarely) deletes. */
  change(times: number): void {
    const paths = [...this.files().keys()];
    for (let at = 0; at < times; at++) {
      const path = paths[Math.floor(this.#random() * paths.length)] as string;
      const dice = this.#random();
      try {
        if (dice < 0.6) this.#write(path);
        else if (dice < 0.8) this.#write(`folder ${Math.floor(this.#random() * 12)}/né ${this.#serial} 🦦.md`);
        else if (dice < 0.95)
          renameSync(join(this.notes, path), join(this.notes, dirname(path), `moved ${this.#serial++}.md`));
        else rmSync(join(this.notes, path));
      } catch {
        // The same file was drawn twice.
      }
    }
  }

  /** Relative path to content, as the disk has it now. */
  files(): Map<string, string> {
    const found = new Map<string, string>();
    for (const entry of readdirSync(this.notes, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const full = join(entry.parentPath, entry.name);
      found.set(relative(this.notes, full), readFileSync(full, "utf8"));
    }
    return found;
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }
}
