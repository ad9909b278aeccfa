// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what a shell would make of an address.
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mayHaveBrowser, openableAddress, openBrowser } from "../../../src/sources/login/open-browser.ts";

/** Threat S16: what opens an address must never become a command. */
const folder = mkdtempSync(join(tmpdir(), "headwater-open-"));
const record = join(folder, "asked");
const canary = join(folder, "canary");
const kept = { PATH: process.env.PATH, DISPLAY: process.env.DISPLAY, SSH: process.env.SSH_CONNECTION };

beforeAll(() => {
  for (const name of ["xdg-open", "open", "rundll32.exe", "cmd.exe", "powershell"]) {
    const script = `#!/bin/sh\nfor one in "$@"; do printf '%s\\n' "$one"; done >> '${record}'\n`;
    writeFileSync(join(folder, name), script, { mode: 0o755 });
  }
  process.env.PATH = `${folder}:${kept.PATH}`;
  process.env.DISPLAY = ":0";
  delete process.env.SSH_CONNECTION;
});
afterAll(() => {
  process.env.PATH = kept.PATH;
  if (kept.DISPLAY === undefined) delete process.env.DISPLAY;
  if (kept.SSH !== undefined) process.env.SSH_CONNECTION = kept.SSH;
});
beforeEach(() => writeFileSync(record, ""));

const asked = () => readFileSync(record, "utf8").split("\n").filter(Boolean);

const NEVER = [
  "file:///etc/passwd",
  "file://server/share/run.exe",
  "\\\\server\\share\\run.exe",
  "C:\\Windows\\System32\\calc.exe",
  "/usr/bin/id",
  "./run.sh",
  "calc.exe",
  "-a Calculator",
  "--help",
  "",
  " ",
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:msgbox(1)",
  "about:blank",
  "blob:https://example.com/1",
  "ftp://example.com/",
  "smb://server/share",
  "ssh://-oProxyCommand=touch%20canary/x",
  "git+ssh://-oProxyCommand=id/x",
  "search-ms:query=x&crumb=location:\\\\evil",
  "ms-msdt:/id PCWDiagnostic",
  "ms-officecmd:{}",
  "shell:startup",
  "mailto:a@example.com?attach=/etc/passwd",
  "tel:+15550100",
  "view-source:https://example.com",
  "chrome://settings",
  "vscode://file/etc/passwd",
  "x-apple.systempreferences:",
  "jar:http://evil.example/x.jar!/",
  "http://login.example.com/authorize",
  "http://127.0.0.1.evil.example/",
  "http://localhost.evil.example/",
  "http://10.0.0.1/",
  "http://[::2]/",
  "https://user@evil.example/",
  "https://github.com:secret@evil.example/",
  "https://example.com/\u0000",
  "https://example.com/\nfile:///etc/passwd",
  "https://example.com/\r\n--help",
  "https://example.com/ --profile /tmp",
  "https://example.com/\t-x",
  "https://exa mple.com/",
  "https://",
  "https:// ",
  "HTTPS:",
  "//example.com/",
  "https://[::1",
  "https://example.com:99999/",
];

const HARMLESS_ONCE_ENCODED = [
  `https://example.com/?x=$(touch ${canary})`.replaceAll(" ", "%20"),
  `https://example.com/?x=\`touch${"${IFS}"}${canary}\``,
  `https://example.com/?x='||touch${"${IFS}"}${canary}||'`,
  `https://example.com/?x=%22;touch+${canary};%22`,
  `https://example.com/?x=a|touch+${canary}`,
  `https://example.com/?x=a&&calc.exe&y=^&calc`,
  `https://example.com/?x="&calc.exe&"`,
  `https://example.com/?x=%PATH%`,
  `https://example.com/?x=!PATH!`,
  `https://example.com/<>?x={a,b}*~`,
];

describe("opening an address", () => {
  it(`starts nothing for ${NEVER.length} addresses that are none of a login page`, async () => {
    for (const platform of ["linux", "darwin", "win32"] as const) {
      for (const address of NEVER) {
        expect(openableAddress(address), address).toBeUndefined();
        expect(await openBrowser(address, platform), address).toBe(false);
      }
    }
    expect(asked()).toEqual([]);
  });

  it.each(HARMLESS_ONCE_ENCODED)("hands over %s as one argument without a sign of any shell", async (address) => {
    expect(await openBrowser(address, "linux")).toBe(true);
    const [only, ...more] = asked();
    expect(more).toEqual([]);
    expect(only).toMatch(/^https:\/\/example\.com\/[A-Za-z0-9\-._~:/?#[\]@&+,=%]*$/);
    expect(existsSync(canary)).toBe(false);
    expect(readdirSync(folder)).not.toContain("canary");
  });

  it("leaves an ordinary login address as it is", async () => {
    const address =
      "https://github.com/login/oauth/authorize?client_id=Iv1.abc&redirect_uri=http%3A%2F%2F127.0.0.1%3A49152%2Fcallback&state=a-b_c";
    expect(await openBrowser(address, "linux")).toBe(true);
    expect(asked()).toEqual([address]);
  });

  it("uses a program and arguments on Windows too, never the command interpreter", async () => {
    expect(await openBrowser("https://example.com/a?b=c", "win32")).toBe(true);
    expect(asked()).toEqual(["url.dll,FileProtocolHandler", "https://example.com/a?b=c"]);
  });

  it("is not tried over ssh or without a desktop, where nobody would see it", () => {
    expect(mayHaveBrowser("linux", {})).toBe(false);
    expect(mayHaveBrowser("linux", { WAYLAND_DISPLAY: "wayland-0" })).toBe(true);
    expect(mayHaveBrowser("darwin", { SSH_CONNECTION: "10.0.0.5 1 10.0.0.6 22" })).toBe(false);
  });
});
