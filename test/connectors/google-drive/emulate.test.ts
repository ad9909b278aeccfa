import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { z } from "zod";
import { googleDrive } from "../../../src/connectors/google-drive/index.ts";
import { driveService } from "../../../src/connectors/google-drive/service.ts";
import { openHttp } from "../../../src/connectors/kit/index.ts";
import { systemClock } from "../../../src/sources/clock.ts";
import { passingMemory } from "../../../src/sources/passing-memory.ts";
import { renewing } from "../../../src/sources/tokens/renew.ts";
import { type Emulate, startEmulate } from "../../setup/emulate.ts";
import { freePort } from "../../setup/npx.ts";
import { browse } from "../../sources/login/browser.ts";
import { logInAs, silent } from "../../sources/login/settings.ts";

/** Google as somebody else understood it: the login, and lists of files. It knows no about, no changes and no shared drives. */
const MARTA = "marta@mill.example";
let google: Emulate | undefined;
let redirectPort = 0;

beforeAll(async () => {
  redirectPort = await freePort();
  google = await startEmulate("google", {
    users: [{ email: MARTA, name: "Marta Quill" }],
    oauth_clients: [
      {
        client_id: "1045-mill",
        client_secret: "GOCSPX-mill",
        redirect_uris: [`http://127.0.0.1:${redirectPort}/callback`],
      },
    ],
  });
}, 180_000);
afterAll(() => google?.close());

function address(context: TestContext): string {
  return google?.url ?? context.skip("emulate could not be started");
}

describe("emulate's Google", () => {
  const config = (baseUrl: string) =>
    googleDrive.config.parse({ clientId: "1045-mill", clientSecret: "GOCSPX-mill", baseUrl }) as Parameters<
      typeof driveService.baseUrl
    >[0];
  /** Its token endpoint has another path than Google's. */
  const clientOf = (url: string) => {
    const client = driveService.auth.find((one) => one.login)?.login?.(config(url));
    if (!client) throw new Error("Google Drive lost its login");
    return { ...client, tokenUrl: `${url}/oauth2/token`, redirectPort };
  };

  it("gives a person who logs in tokens that list files by our questions, and renews them", async (context) => {
    const url = address(context);
    const client = clientOf(url);
    const tokens = await logInAs({ go: (at) => void browse(at, { email: MARTA }) }, client, "browser");
    expect(tokens.refreshToken).toBeDefined();
    const renew = renewing({ source: "drive", allowPrivateNetwork: true, clock: systemClock, log: silent });
    const newer = await renew(client, tokens, AbortSignal.timeout(10_000));
    expect(newer.accessToken).not.toBe(tokens.accessToken);
    const headers = { authorization: `Bearer ${newer.accessToken}`, "content-type": "application/json" };
    const made = async (body: object) =>
      (
        (await (
          await fetch(`${url}/drive/v3/files`, { method: "POST", headers, body: JSON.stringify(body) })
        ).json()) as { id: string }
      ).id;
    const folder = await made({ name: "Projects", mimeType: "application/vnd.google-apps.folder" });
    await made({ name: "Weir.txt", mimeType: "text/plain", parents: [folder] });
    const http = openHttp({
      source: "drive",
      service: driveService,
      config: config(url),
      memory: passingMemory(),
      tokens: async () => newer,
      allowPrivateNetwork: true,
      clock: systemClock,
      log: silent,
    }).until(AbortSignal.timeout(20_000));
    const Names = z.object({ files: z.array(z.object({ name: z.string() })) });
    const names = async (q: string) =>
      (
        await http.json({ url: "/drive/v3/files", query: { q, pageSize: 1000, supportsAllDrives: true } }, Names)
      ).body.files.map(({ name }) => name);
    expect(await names(`('${folder}' in parents) and trashed = false`)).toEqual(["Weir.txt"]);
    expect(await names("mimeType = 'application/vnd.google-apps.folder' and trashed = false")).toEqual(["Projects"]);
  });

  it("refuses a wrong client secret, and we say which options to look at", async (context) => {
    const client = { ...clientOf(address(context)), clientSecret: "of another mill" };
    const login = logInAs({ go: (at) => void browse(at, { email: MARTA }) }, client, "browser");
    await expect(login).rejects.toMatchObject({ kind: "auth", hint: expect.stringContaining("clientSecret") });
  });
});
