import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A temporary folder with a copy of the sample vault, a configuration that names it, and room for the data. */
export function makeWorkspace(root) {
  const folder = mkdtempSync(join(tmpdir(), "headwater-demo-"));
  const vault = join(folder, "Kestrel Brook");
  const config = join(folder, "headwater.yaml");
  cpSync(join(root, "examples", "workspace"), vault, { recursive: true, preserveTimestamps: true });
  writeFileSync(config, 'version: 1\nsources:\n  trust:\n    connector: files\n    paths: "./Kestrel Brook"\n');
  return {
    folder,
    vault,
    config,
    data: join(folder, "data"),
    /** Replaces words in a note; a note without them is an error, so that the demo cannot lie. */
    edit(note, before, after) {
      const path = join(vault, note);
      const text = readFileSync(path, "utf8");
      if (!text.includes(before)) throw new Error(`the sample note ${note} no longer says “${before}”`);
      writeFileSync(path, text.replaceAll(before, after));
    },
    delete(note) {
      rmSync(join(vault, note));
    },
    remove() {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
