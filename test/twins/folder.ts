import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { Twin } from "../contract/connector.ts";

/** A real folder, changed behind the connector's back. Files look a minute old, so that none counts as half-written. */
export class FolderTwin implements Twin {
  readonly root = mkdtempSync(join(tmpdir(), "headwater-folder-"));
  #serial = 0;

  config(): Record<string, unknown> {
    return { paths: [this.root], include: ["**/*"] };
  }

  async seed(): Promise<void> {
    for (let at = 0; at < 30; at++) this.write(`walks/walk ${at}.md`, `Walk ${at} went past the old lime kiln.`);
    this.write('odd/it\'s "quoted" & 100%.md', "The sign said: private wood, no way through.");
    this.write("odd/Ägidius und die Mühle 🦦.md", "Der Mühlgraben ist wieder offen.");
    this.write("odd/水車小屋.md", "水車小屋の前で待ち合わせ。");
    this.write("odd/newline\nin name.txt", "A name that breaks a line.");
    this.write("odd/\u202Ertl.md", "A name that turns around.");
    this.write("odd/deep/er/and/deeper/still/here.md", "Far down lies the ford.");
    this.write("odd/#hash ?query.md", "Links to this file need care.");
    this.write("plain.txt", "A file without a folder.");
    this.write("levels.csv", "date,level\n2026-01-04,1.32 metres\n");
  }

  write(path: string, text: string): string {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    this.#serial += 1;
    const past = Date.now() / 1000 - 100_000 + this.#serial;
    utimesSync(full, past, past);
    return path;
  }

  async expected(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const entry of readdirSync(this.root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const full = join(entry.parentPath, entry.name);
      const text = readFileSync(full, "utf8");
      found.set(relative(this.root, full), text.includes("1.32 metres") ? "1.32 metres" : text);
    }
    return found;
  }

  async add(text: string): Promise<string> {
    return this.write(`walks/new walk ${this.#serial}.md`, text);
  }

  async edit(id: string, text: string): Promise<string> {
    return this.write(id, text);
  }

  async remove(id: string): Promise<void> {
    rmSync(join(this.root, id));
  }

  async rename(id: string): Promise<string> {
    const to = join(dirname(id), "renamed walk.md");
    renameSync(join(this.root, id), join(this.root, to));
    return to;
  }

  async close(): Promise<void> {
    rmSync(this.root, { recursive: true, force: true });
  }
}
