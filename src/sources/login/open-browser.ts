import { spawn } from "node:child_process";
import { addressOf, isSafeAddress } from "./address.ts";

/** How a system opens an address: a program and its arguments, never a line for a shell. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ["/usr/bin/open"],
  win32: ["rundll32.exe", "url.dll,FileProtocolHandler"],
};
const ELSEWHERE: readonly [string, ...string[]] = ["xdg-open"];

/** Signs that mean something to some program on the way; an address means the same with them encoded. */
const DOUBTFUL = /[^A-Za-z0-9\-._~:/?#[\]@&+,=%]/g;

/**
 * Opens an address in the person's browser. Only https, or http on this machine; anything else is not even tried, since
 * it may come from a server (CVE-2025-6514). Answers whether a browser seems to have taken it.
 */
export async function openBrowser(written: string, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const address = openableAddress(written);
  if (address === undefined || !mayHaveBrowser(platform)) return false;
  const [program, ...before] = OPENERS[platform] ?? ELSEWHERE;
  return new Promise((resolve) => {
    const child = spawn(program, [...before, address], { stdio: "ignore", detached: true, shell: false });
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
    // A browser that becomes the opener's own process never ends: it was taken.
    setTimeout(() => resolve(true), 3000).unref();
    child.unref();
  });
}

/** The form of an address that is handed to a program; undefined when it must not be opened. */
export function openableAddress(written: string): string | undefined {
  if (/[\s\u0000-\u001f\u007f-\u009f]/.test(written)) return undefined;
  const url = addressOf(written);
  if (!url || !isSafeAddress(url)) return undefined;
  return url.href.replace(DOUBTFUL, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

/** Without a desktop, or over ssh, a browser would open where nobody looks. */
export function mayHaveBrowser(
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  if (env.SSH_CONNECTION || env.SSH_TTY) return false;
  return platform === "darwin" || platform === "win32" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}
