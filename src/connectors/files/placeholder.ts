import type { Stats } from "node:fs";

/** Below this size some file systems keep content beside the name, so that no blocks tell nothing. Bytes. */
const INLINE = 4096;

/**
 * Whether a file has a size but nothing on this disk: iCloud and OneDrive evict files so, and reading one downloads it.
 * APFS never keeps content inline; NTFS, ext4 and btrfs may.
 */
export function isPlaceholder(stats: Stats, platform: NodeJS.Platform = process.platform): boolean {
  return stats.blocks === 0 && stats.size > (platform === "darwin" ? 0 : INLINE);
}
