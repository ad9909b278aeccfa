import type { ChildProcess } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { imapAuth } from "../../../src/connectors/imap/auth.ts";
import { ImapConfig } from "../../../src/connectors/imap/options.ts";
import { type Outcome, outcomeOf, Sandbox } from "../../cli/sandbox.ts";
import { type Dovecot, startDovecot } from "../../setup/dovecot.ts";
import { APP, type AuthorizationServer, startAuthorizationServer } from "../../sources/login/authorization-server.ts";
import { browse } from "../../sources/login/browser.ts";
import { MailboxTwin } from "../../twins/mailbox.ts";

/** Reads what is said until an address for the browser stands there, and does there what Marta does. */
function asReader(child: ChildProcess, login: string): Promise<Outcome> {
  let said = "";
  let browsed: Promise<unknown> | undefined;
  child.stderr?.on("data", (chunk) => {
    said += chunk;
    const page = /^ {2}(http:\S+\/(?:auth\?|device)\S*)$/m.exec(said)?.[1];
    const code = /^ {2}([A-Z]{4}-[A-Z]{4})$/m.exec(said)?.[1];
    if (page === undefined || (page.includes("/device") && code === undefined)) return;
    browsed ??= browse(page, { "+login": login, login, "+confirm": "yes", ...(code && { user_code: code }) });
  });
  return outcomeOf(child).then(async (outcome) => {
    await browsed;
    return outcome;
  });
}

const authorization = await startAuthorizationServer();
const HASTY_SECONDS = 4;
const hasty = await startAuthorizationServer({ accessTokenSeconds: HASTY_SECONDS });
const servers = {
  xoauth2: await serverOf(authorization, "xoauth2"),
  app: await serverOf(hasty, "xoauth2", "client_id"),
  oauthbearer: await serverOf(hasty, "oauthbearer"),
};
afterAll(async () => {
  for (const server of [...Object.values(servers), authorization, hasty]) await server?.close();
});

function serverOf(
  { introspectionUrl }: AuthorizationServer,
  mechanism: "xoauth2" | "oauthbearer",
  named?: "client_id",
) {
  return startDovecot({ oauth: { introspectionUrl, mechanisms: [mechanism], ...(named && { named }) } });
}

describe.skipIf(servers.xoauth2 === undefined)("headwater login for a mailbox", { timeout: 90_000 }, () => {
  let twin: MailboxTwin;
  let box: Sandbox;
  afterEach(() => twin?.close());

  /** A home with one mailbox that is read with a login, and a browser that never opens by itself. */
  async function home(mechanism: "xoauth2" | "oauthbearer" = "xoauth2"): Promise<Dovecot> {
    const { url, client } = mechanism === "xoauth2" ? authorization : hasty;
    const mail = servers[mechanism] as Dovecot;
    twin = new MailboxTwin(mail);
    await twin.write("INBOX", { subject: "Gauge readings", text: "The gauge stood at 4.20 m at noon." });
    box = new Sandbox();
    chmodSync(box.put("bin/xdg-open", "#!/bin/sh\nexit 0\n"), 0o755);
    const options = {
      ...{ connector: "imap", host: mail.host, port: mail.port, useSsl: false, allowPlaintext: true },
      ...{ username: twin.user, clientId: client.clientId, scopes: ["read"], allowPrivateNetwork: true },
      ...{ authorizationUrl: `${url}/auth`, tokenUrl: `${url}/token`, deviceUrl: `${url}/device/auth` },
    };
    box.put(".config/headwater/headwater.yaml", `sources:\n  post: ${JSON.stringify(options)}\n`);
    return mail;
  }

  const withBrowser = () => ({ PATH: `${join(box.home, "bin")}:${process.env.PATH}`, DISPLAY: ":0" });

  it("leads through the browser, and signs in with what was given by XOAUTH2 where the server has that alone", async () => {
    const server = await home();
    const before = await box.run(["test", "post"]);
    expect(before.stdout).toContain("Nobody is logged in for post.");
    expect(before.stdout).toContain("headwater login post");
    const { code, stdout, stderr } = await asReader(box.start(["login", "post"], withBrowser()), twin.user);
    expect(stderr).toContain("It only ever reads.");
    expect(stdout).toContain(`${twin.user} at 127.0.0.1`);
    expect(code).toBe(0);
    expect((await box.run(["sync", "post"])).code).toBe(0);
    expect((await box.run(["search", "gauge"])).stdout).toContain("Gauge readings");
    expect(server.log()).toContain(`Login: user=<${twin.user}>, method=XOAUTH2`);
  });

  it("leads with a code, signs in by OAUTHBEARER where the server has that alone, and renews what has ended", async () => {
    const server = await home("oauthbearer");
    const { code, stdout } = await asReader(box.start(["login", "post", "--device"]), twin.user);
    expect(stdout).toContain("Next: headwater sync post");
    expect(code).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, HASTY_SECONDS * 1000));
    const asked = hasty.grants.length;
    expect((await box.run(["sync", "post"])).code).toBe(0);
    expect(hasty.grants.slice(asked)).toContain("refresh_token");
    expect(server.log()).toContain(`Login: user=<${twin.user}>, method=OAUTHBEARER`);
  });

  it("is renewed when the server refuses a token before its time, and told to be over when it cannot be", async () => {
    await home();
    await asReader(box.start(["login", "post"], withBrowser()), twin.user);
    const asked = authorization.grants.length;
    await authorization.withdraw(false);
    expect(await box.run(["sync", "post"])).toMatchObject({ code: 0 });
    expect(authorization.grants.slice(asked)).toEqual(["refresh_token"]);
    await authorization.withdraw(true);
    const { code, stdout, stderr } = await box.run(["sync", "post"]);
    expect(code).toBe(4);
    const said = `${stdout}${stderr}`;
    expect(said).toContain("The service refused to renew the login of post: it ended or was withdrawn.");
    expect(said).toContain("Log in again: headwater login post");
    expect((await box.run(["search", "gauge"])).stdout).toContain("Gauge readings");
  });

  it("of somebody else is refused by the mail server, which is said with the name that was to be read", async () => {
    await home();
    const { code, stdout } = await asReader(box.start(["login", "post"], withBrowser()), "a-stranger");
    expect(code).toBe(4);
    expect(stdout).toContain(`127.0.0.1 refused the login of ${twin.user}`);
  });
});

describe.skipIf(servers.app === undefined)("an app that reads a mailbox by itself", { timeout: 60_000 }, () => {
  const mail = servers.app as Dovecot;

  /** A home whose mailbox is the app's own, as its token names nobody else. */
  async function home(changed: object = {}): Promise<Sandbox> {
    const twin = new MailboxTwin(mail, {}, APP.clientId);
    await twin.write("INBOX", { subject: "Gauge readings", text: "The gauge stood at 4.20 m at noon." });
    await twin.close();
    const box = new Sandbox();
    const options = {
      ...{ connector: "imap", host: mail.host, port: mail.port, useSsl: false, allowPlaintext: true },
      ...{ username: twin.user, ...APP, scopes: ["read"], tokenUrl: `${hasty.url}/token`, appOnly: true },
      ...{ allowPrivateNetwork: true, ...changed },
    };
    box.put(".config/headwater/headwater.yaml", `sources:\n  post: ${JSON.stringify(options)}\n`);
    return box;
  }

  it("gets a token for its secret, without anybody's login, and needs none", async () => {
    const box = await home();
    const asked = hasty.grants.length;
    const test = await box.run(["test", "post"]);
    expect(test.stdout).toContain(`${APP.clientId} at 127.0.0.1`);
    expect((await box.run(["sync", "post"])).code).toBe(0);
    expect((await box.run(["search", "gauge"])).stdout).toContain("Gauge readings");
    expect(new Set(hasty.grants.slice(asked))).toEqual(new Set(["client_credentials"]));
    expect(mail.log()).toContain(`Login: user=<${APP.clientId}>, method=XOAUTH2`);
    const login = await box.run(["login", "post"]);
    expect(login).toMatchObject({ code: 2, stderr: expect.stringContaining("its app signs in by itself") });
  });

  it("with a wrong secret is told that it is wrong, and which options hold it", async () => {
    const { code, stdout } = await (await home({ clientSecret: "out-of-date" })).run(["test", "post"]);
    expect(stdout).toContain("The login server of post does not accept its client id or client secret.");
    expect(stdout).toContain("Check clientId and clientSecret");
    expect(stdout).not.toContain("out-of-date");
    expect(code).toBe(3);
  });

  it("that may not read a mailbox is told what an administrator runs", async () => {
    const { code, stdout } = await (await home({ username: "marta" })).run(["test", "post"]);
    expect(stdout).toContain("127.0.0.1 refused the login of marta.");
    expect(stdout).toContain("Add-MailboxPermission -Identity marta -User");
    expect(code).toBe(4);
  });

  it("asks for tokens at Microsoft in the directory of the company, and for nothing narrower than all it was granted", () => {
    const way = imapAuth.find(({ id }) => id === "app");
    const options = { host: "outlook.office365.com", username: "desk@harbour.example", appOnly: true };
    const clientOf = (more: object) => way?.app?.(ImapConfig.parse({ ...options, ...more }));
    expect(clientOf({ ...APP, tenantId: "harbour.example" })).toEqual({
      ...APP,
      scopes: ["https://outlook.office365.com/.default"],
      tokenUrl: "https://login.microsoftonline.com/harbour.example/oauth2/v2.0/token",
    });
    const lacking = (hint: string) => expect.objectContaining({ kind: "config", hint: expect.stringContaining(hint) });
    expect(() => clientOf(APP)).toThrow(lacking("tenantId"));
    expect(() => clientOf({ clientId: "an-app", tenantId: "harbour.example" })).toThrow(lacking("appOnly"));
  });
});

describe("the login of a provider", () => {
  const way = imapAuth.find(({ id }) => id === "oauth");
  const clientOf = (options: object) =>
    way?.login?.(ImapConfig.parse({ username: "marta@station.example", clientId: "an-app", ...options }));

  it("is Google's for Gmail, and asks for what can be renewed", () => {
    expect(clientOf({ host: "imap.gmail.com", clientSecret: "of-the-app" })).toMatchObject({
      ...{ clientId: "an-app", clientSecret: "of-the-app", scopes: ["https://mail.google.com/"] },
      authorizationUrl: "https://accounts.google.com/o/oauth2/v2/auth",
      tokenUrl: "https://oauth2.googleapis.com/token",
      extra: { access_type: "offline", prompt: "consent" },
    });
  });

  it("is Microsoft's for Outlook, in the directory that the options name", () => {
    expect(clientOf({ host: "outlook.office365.com", tenantId: "harbour.example" })).toMatchObject({
      scopes: ["https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access"],
      tokenUrl: "https://login.microsoftonline.com/harbour.example/oauth2/v2.0/token",
      deviceUrl: "https://login.microsoftonline.com/harbour.example/oauth2/v2.0/devicecode",
    });
    expect(clientOf({ host: "outlook.office365.com" })?.tokenUrl).toContain("/common/");
  });

  it("begins with an app of one's own, and says where that is made", () => {
    const howTo = (host: string) => way?.howToFor?.(ImapConfig.parse({ username: "marta", host }));
    expect(howTo("imap.gmail.com")).toMatch(/console\.cloud\.google\.com.*clientSecret/);
    expect(howTo("outlook.office365.com")).toMatch(/entra\.microsoft\.com.*IMAP\.AccessAsUser\.All/);
    expect(howTo("imap.station.example")).toContain("authorizationUrl");
  });

  it("of a server of one's own is where the options say, and asked for where they do not", () => {
    const own = { authorizationUrl: "https://id.station.example/auth", tokenUrl: "https://id.station.example/token" };
    expect(clientOf({ host: "imap.station.example", ...own, scopes: ["mail"] })).toMatchObject({
      ...own,
      scopes: ["mail"],
    });
    expect(() => clientOf({ host: "imap.station.example" })).toThrow(
      expect.objectContaining({ kind: "config", hint: expect.stringContaining("authorizationUrl") }),
    );
  });
});
