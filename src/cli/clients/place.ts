import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, posix, win32 } from "node:path";

/** The machine whose clients are set up. Tests hand in another one. */
export interface Place {
  readonly platform: "darwin" | "linux" | "win32";
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** This machine and this user. Systems other than macOS and Windows keep files where Linux does. */
export function thisPlace(): Place {
  const { platform } = process;
  return {
    platform: platform === "darwin" || platform === "win32" ? platform : "linux",
    home: homedir(),
    env: process.env,
  };
}

/** A path in this user's home folder. */
export function inHome(place: Place, ...parts: string[]): string {
  return pathOf(place).join(place.home, ...parts);
}

/** Where desktop programs keep their settings: Application Support, %APPDATA%, or XDG's configuration folder. */
export function inAppData(place: Place, ...parts: string[]): string {
  if (place.platform === "darwin") return inHome(place, "Library", "Application Support", ...parts);
  if (place.platform === "linux") return inConfig(place, ...parts);
  return win32.join(place.env.APPDATA || inHome(place, "AppData", "Roaming"), ...parts);
}

/** XDG's configuration folder; `.config` in the home folder where the variable is not set, on Windows too. */
export function inConfig(place: Place, ...parts: string[]): string {
  const asked = place.env.XDG_CONFIG_HOME;
  return pathOf(place).join(asked || inHome(place, ".config"), ...parts);
}

/** A path in the folder that an environment variable names, else in the home folder. */
export function inFolderOf(place: Place, variable: string, usual: string, ...parts: string[]): string {
  return pathOf(place).join(place.env[variable] || inHome(place, usual), ...parts);
}

/**
 * Claude Desktop's folder. Its Windows installer packs the program since February 2026, and Windows then keeps its files
 * apart in `Packages\Claude_<publisher>` (github.com/anthropics/claude-code/issues/26073, checked 2026-11-21).
 */
export function claudeDesktopFolder(place: Place): string {
  if (place.platform !== "win32") return inAppData(place, "Claude");
  const packages = join(place.env.LOCALAPPDATA || inHome(place, "AppData", "Local"), "Packages");
  const packed = (existsSync(packages) ? readdirSync(packages) : [])
    .filter((name) => name.startsWith("Claude_"))
    .sort();
  const folders = packed.map((name) => join(packages, name, "LocalCache", "Roaming", "Claude"));
  return folders.find((folder) => existsSync(folder)) ?? folders[0] ?? inAppData(place, "Claude");
}

export function pathOf(place: Place): typeof posix {
  return place.platform === "win32" ? win32 : posix;
}
