import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Sandbox } from "../../cli/sandbox.ts";
import { DriveTwin, READ } from "../../twins/google-drive/drive-twin.ts";

const CLIENT = "1045-drive.apps.googleusercontent.com";
const WEEK_MS = 7 * 24 * 3_600_000;
/** The twin's clock goes ahead of the world's when a test says so. */
let ahead = 0;
let twin: DriveTwin;
const box = new Sandbox();

beforeAll(async () => {
  twin = await DriveTwin.open({ now: () => new Date(Date.now() + ahead) });
  twin.accounts.clients.set(CLIENT, { secret: "GOCSPX-of-the-mill", testing: true });
  twin.world.add({ name: "Weir.txt", parent: twin.root, content: "The weir holds." });
  const source = [
    "connector: google-drive",
    `baseUrl: ${twin.origin}`,
    "allowPrivateNetwork: true",
    `clientId: ${CLIENT}`,
    "clientSecret: $" + "{DRIVE_SECRET}",
  ];
  box.put(
    ".config/headwater/headwater.yaml",
    `sources:\n  drive:\n${source.map((line) => `    ${line}`).join("\n")}\n`,
  );
  // A browser whose person agrees.
  const opener = box.put(
    "bin/xdg-open",
    `#!${process.execPath}\nfetch(process.argv[2]).then((page) => page.text());\n`,
  );
  chmodSync(opener, 0o755);
});
afterAll(async () => {
  await twin.close();
  rmSync(box.home, { recursive: true, force: true });
});

const SECRET = { DRIVE_SECRET: "GOCSPX-of-the-mill" };
const BROWSER = { ...SECRET, DISPLAY: ":0", PATH: `${join(box.home, "bin")}:${process.env.PATH}` };

it("a person logs in with the browser, for reading only, and from then on it is renewed by itself", async () => {
  expect((await box.run(["sync", "drive"], SECRET)).stdout).toContain("headwater login drive");
  twin.accounts.tokenSeconds = 3;
  const login = await box.run(["login", "drive"], BROWSER);
  expect(login).toMatchObject({ code: 0 });
  expect(login.stderr).toContain("to see and download the files in your Google Drive. It can change nothing.");
  expect(login.stdout).toContain("Marta Quill <marta@mill.example>");
  const asked = twin.requests.find(({ url }) => url.startsWith("/o/oauth2/v2/auth"))?.url ?? "";
  const query = new URL(asked, twin.origin).searchParams;
  expect(Object.fromEntries(query)).toMatchObject({
    scope: READ,
    access_type: "offline",
    prompt: "consent",
    code_challenge_method: "S256",
    redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
  });
  ahead = 10_000;
  twin.accounts.tokenSeconds = 3600;
  expect((await box.run(["sync", "drive"], SECRET)).stdout).toContain("1 added");
  expect(twin.accounts.grants.map(({ grant }) => grant)).toContain("refresh_token");
}, 60_000);

it("a login that Google ended after a week says why, and what to do against it", async () => {
  ahead = WEEK_MS + 20_000;
  const { code, stderr, stdout } = await box.run(["sync", "drive"], SECRET);
  expect(code).toBe(4);
  expect(`${stdout}${stderr}`).toContain("Log in again: headwater login drive");
  expect(`${stdout}${stderr}`).toContain("consent screen is in Testing");
  expect((await box.run(["login", "drive"], BROWSER)).code).toBe(0);
  expect((await box.run(["sync", "drive"], SECRET)).code).toBe(0);
}, 60_000);

it("who logs out withdraws it at Google as well", async () => {
  expect((await box.run(["logout", "drive"], SECRET)).code).toBe(0);
  expect(twin.requests.some(({ url }) => url === "/revoke")).toBe(true);
  expect((await box.run(["sync", "drive"], SECRET)).stdout).toContain("headwater login drive");
}, 60_000);
