import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sandbox } from "../cli/sandbox.ts";
import { GithubTwin } from "../twins/github/github-twin.ts";
import { seedWorkshop } from "../twins/github/seed.ts";

let twin: GithubTwin;
let app: { id: string; secret: string };
beforeAll(async () => {
  twin = await GithubTwin.open({ now: () => new Date() });
  twin.oauth.interval = 1;
  seedWorkshop(twin);
  app = twin.oauth.register({ expiring: true });
});
afterAll(() => twin.close());

interface Asked {
  mode: string;
  url: string;
  message: string;
}

/** An assistant's program: the built server over stdio, and a person who is shown pages. */
async function assistant(
  mode: "legacy" | "modern",
  person: ((asked: Asked) => "accept" | "decline") | "no pages",
  { desktop = false } = {},
) {
  const box = new Sandbox();
  const options = [`baseUrl: ${twin.origin}`, "allowPrivateNetwork: true", `clientId: ${app.id}`];
  if (desktop) options.push("clientSecret: $" + "{APP_SECRET}");
  const source = ["connector: github", "repositories: [millrace/handbook]", ...options];
  box.put(".config/headwater/headwater.yaml", `sources:\n  work:\n${source.map((line) => `    ${line}`).join("\n")}\n`);
  const client = new Client({ name: "assistant", version: "1" }, {
    capabilities: person === "no pages" ? {} : { elicitation: { url: {} } },
    versionNegotiation: { mode: mode === "legacy" ? "legacy" : { pin: "2026-07-28" } },
  } as never);
  const asked: Asked[] = [];
  if (person !== "no pages")
    client.setRequestHandler("elicitation/create", (request) => {
      const params = request.params as unknown as Asked;
      asked.push(params);
      return { action: person(params) };
    });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [new URL("../../dist/cli.js", import.meta.url).pathname, "serve", "--no-schedule"],
    env: box.env(desktop ? { DISPLAY: ":0", APP_SECRET: app.secret } : {}),
    cwd: box.home,
    stderr: "ignore",
  });
  await client.connect(transport);
  const call = async (name: string) => {
    const answer = await client.callTool({ name, arguments: { source: "work" } });
    return { text: (answer.content as { text: string }[])[0]?.text ?? "", structured: answer.structuredContent };
  };
  return { asked, call, close: () => client.close() };
}

/** Types the code that the page asks for, as marta-quill or as somebody who declines there. */
function typeCode(asked: Asked, as = "marta-quill"): void {
  const [code = ""] = /[0-9A-F]{4}-[0-9A-F]{4}/.exec(asked.message) ?? [];
  setTimeout(() => twin.oauth.enter(code, as), 100);
}

describe.each(["legacy", "modern"] as const)("a source that needs a login, in an assistant of the %s era", (era) => {
  it("shows its person the service's page, and goes on with the call once they are through", async () => {
    const { asked, call, close } = await assistant(era, (page) => {
      typeCode(page);
      return "accept";
    });
    const answer = await call("test_source");
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).toBe("https://github.com/login/device");
    expect(asked[0]?.mode).toBe("url");
    expect(asked[0]?.message).toContain("It only ever reads. Type this code there:");
    expect(answer.text).toContain("**work** works, as marta-quill");
    expect((await call("sync_source")).structured).toMatchObject({ state: "succeeded" });
    expect(asked).toHaveLength(1); // the login holds
    await close();
  }, 60_000);

  it("comes back from the browser to this machine where it has one", async () => {
    const { asked, call, close } = await assistant(
      era,
      (page) => {
        void fetch(page.url); // a browser, whose person agrees
        return "accept";
      },
      { desktop: true },
    );
    expect((await call("sync_source")).structured).toMatchObject({ state: "succeeded" });
    expect(new URL(asked[0]?.url ?? "").searchParams.get("code_challenge_method")).toBe("S256");
    expect(JSON.stringify(asked)).not.toContain(app.secret);
    await close();
  }, 60_000);

  it("tells the command to a person who declines, and asks again only with the next call", async () => {
    const { asked, call, close } = await assistant(era, () => "decline");
    expect((await call("sync_source")).text).toContain("headwater login work");
    expect(asked).toHaveLength(1);
    expect((await call("test_source")).text).toContain("headwater login work");
    expect(asked).toHaveLength(2);
    await close();
  }, 60_000);

  it("says so when the person declines on the page itself", async () => {
    const { call, close } = await assistant(era, (page) => {
      typeCode(page, "denied");
      return "accept";
    });
    expect((await call("test_source")).text).toContain("declined");
    await close();
  }, 60_000);

  it("tells the command where the assistant cannot show pages", async () => {
    const { call, close } = await assistant(era, "no pages");
    expect((await call("test_source")).text).toContain("headwater login work");
    await close();
  }, 60_000);
});
