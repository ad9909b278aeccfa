import { z } from "zod";
import { effect, localPath, mainOption } from "../kit/index.ts";

const flag = (fallback: boolean, description: string) => z.boolean().default(fallback).describe(description);
const words = (description: string) => z.array(z.string()).default([]).describe(description);

/** The options of a `files` source. */
export const FilesConfig = z.object({
  paths: mainOption(
    effect(
      z
        .union([
          localPath("A folder or an Obsidian vault."),
          z.array(localPath("A folder or an Obsidian vault.")).nonempty("Name at least one folder."),
        ])
        .describe("The folder or vault to read, or a list of them, such as ~/Notes."),
      "widening",
    ),
  ),
  include: effect(
    z
      .array(z.string())
      .optional()
      .describe(
        "Glob patterns of what to take, such as Projects/**/*.md. A name without a slash matches at any depth. " +
          "Default: everything in a folder; in a vault the notes and whatever includeAttachments, includeCanvas and includeBases add.",
      ),
    "widening",
  ),
  exclude: effect(
    words(
      "Glob patterns of what to leave out; wins over include. The folders .git, .obsidian, .trash and node_modules, " +
        "and what a .headwaterignore file names, are always left out.",
    ),
    "narrowing",
  ),
  useGitignore: effect(flag(false, "Leave out what .gitignore files name, at any depth."), "narrowing"),
  includeHidden: effect(flag(false, "Also take files and folders whose name begins with a dot."), "widening"),
  includeAttachments: effect(
    flag(
      true,
      "Also list images, archives and other files without text by name and size, so that links to them lead somewhere; in a vault also documents such as PDFs, with their text.",
    ),
    "widening",
  ),
  includeCanvas: effect(flag(true, "Also read Obsidian canvases (.canvas)."), "widening"),
  includeBases: effect(flag(false, "Also read Obsidian bases (.base)."), "widening"),
  followSymlinks: effect(
    flag(false, "Follow symbolic links that stay inside the folder. Links that lead out of it are never followed."),
    "widening",
  ),
  parseFrontmatter: flag(
    true,
    "Turn YAML front matter into title, dates, tags, aliases and fields, and leave it out of the text.",
  ),
  resolveLinks: flag(true, "Turn wikilinks, embeds and Markdown links into relations between items."),
  tagsFilter: words(
    "Take only notes with one of these tags; project also covers project/alpha. Other files are left out.",
  ),
  excludeTags: effect(words("Leave out notes with one of these tags; private also covers private/diary."), "narrowing"),
  maxFileSizeMb: effect(
    z.number().positive().default(20).describe("Larger files are listed by name and size but not read. Megabytes."),
    "widening",
  ),
  hashContent: z
    .enum(["auto", "always"])
    .default("auto")
    .describe(
      "How a change is noticed: auto trusts size, modification time and inode; always reads every file on every sync, " +
        "for drives whose times or inodes cannot be trusted (some network mounts and sync tools).",
    ),
  downloadPlaceholders: effect(
    flag(false, "Read files that iCloud, OneDrive or Dropbox keep only in the cloud, which downloads them."),
    "widening",
  ),
  watch: effect(
    flag(false, "Notice changes at once while headwater runs. Network drives do not report changes."),
    "cosmetic",
  ),
});
export type FilesConfig = z.output<typeof FilesConfig>;

/** Bytes in `maxFileSizeMb`. */
export function largestBytes(config: FilesConfig): number {
  return config.maxFileSizeMb * 1_000_000;
}
