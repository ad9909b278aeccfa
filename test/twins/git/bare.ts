import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import type { GitRepository } from "./git-repository.ts";

/** Writes the repository to a folder the way git keeps it, as loose objects; any git can read it. */
export function writeBare(git: GitRepository, folder: string, head: string): void {
  for (const part of ["objects", "refs/heads", "refs/tags"]) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, "HEAD"), `ref: refs/heads/${head}\n`);
  writeFileSync(join(folder, "config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n");
  for (const { kind, sha, bytes } of git.objects()) {
    const into = join(folder, "objects", sha.slice(0, 2));
    mkdirSync(into, { recursive: true });
    writeFileSync(
      join(into, sha.slice(2)),
      deflateSync(Buffer.concat([Buffer.from(`${kind} ${bytes.length}\0`), bytes])),
    );
  }
  for (const [name, sha] of git.refs) {
    const path = join(folder, "refs", name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `${sha}\n`);
  }
}
