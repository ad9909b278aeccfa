import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Canary } from "./canary.ts";
import { type Fault, Faults, seeded } from "./faults.ts";
import { GithubTwin } from "./github/github-twin.ts";
import { clientOf } from "./github-client.ts";

const list = "/repos/millrace/handbook/issues?state=all&per_page=10";
let twin: GithubTwin;
let client: ReturnType<typeof clientOf>;

beforeEach(async () => {
  twin = await GithubTwin.open();
  await twin.seed();
  client = clientOf(twin);
});

afterEach(() => twin.close());

describe("faults on demand", () => {
  it("refuse with a time to wait in every spelling", async () => {
    for (const retryAfter of ["7", "Mon, 02 Nov 2026 10:00:00 GMT", "1792152901", "soon", undefined]) {
      twin.faults.next({ kind: "status", status: 503, ...(retryAfter !== undefined && { retryAfter }) });
      const answer = await client.ask(list);
      expect([answer.status, answer.headers.get("retry-after") ?? undefined]).toEqual([503, retryAfter]);
      expect((await client.ask(list)).status).toBe(200);
    }
  });

  it("answer rubbish with 200", async () => {
    const first = await client.ask(list);
    const meet = async (fault: Fault, path = list) => {
      twin.faults.next(fault);
      return client.ask(path);
    };
    expect((await meet({ kind: "html" })).text).toContain("<!doctype html>");
    expect((await meet({ kind: "empty" })).text).toBe("");
    expect((await meet({ kind: "null" })).text).toBe("null");
    expect((await meet({ kind: "error-object" })).json.message).toBe("Server Error");
    expect((await meet({ kind: "wrong-shape" })).json).toEqual([{ id: "seven" }]);
    await expect(meet({ kind: "truncated" })).rejects.toThrow(SyntaxError);
    await expect(meet({ kind: "charset" })).rejects.toThrow(SyntaxError);
    const again = await meet({ kind: "duplicate" }, first.next as string);
    expect(again.status).toBe(200);
    expect((await meet({ kind: "cycle" })).next).toBe(twin.origin + list);
  });

  it("give the same page once more in place of the next", async () => {
    const first = await client.ask(
      list.replace("/repos/millrace/handbook", `/repositories/${twin.repository("millrace/handbook").id}`),
    );
    twin.faults.next({ kind: "duplicate" });
    expect((await client.ask(first.next as string)).json).toEqual(first.json);
  });

  it("break, hold and drip the line", async () => {
    twin.faults.next({ kind: "cut" });
    await expect(client.ask(list)).rejects.toThrow();
    twin.faults.next({ kind: "reset" });
    await expect(client.ask(list)).rejects.toThrow();
    for (const fault of [{ kind: "hang" }, { kind: "drip", bytesPerSecond: 10 }] as const) {
      twin.faults.next(fault);
      const request = fetch(twin.origin + list, {
        headers: { "user-agent": "test" },
        signal: AbortSignal.timeout(250),
      });
      await expect(request.then((answer) => answer.text())).rejects.toMatchObject({ name: "TimeoutError" });
    }
  });

  it("lead to a host that hears what it must not", async () => {
    const canary = await Canary.open();
    twin.faults.next({ kind: "redirect", to: `${canary.url}/here` });
    const { headers } = await client.ask(list);
    await fetch(headers.get("location") as string, { headers: { authorization: "Bearer secret-7" } });
    expect([canary.knows("secret-7"), canary.knows("secret-8")]).toEqual([true, false]);
    twin.faults.next({ kind: "elsewhere", to: `${canary.url}/next` });
    expect((await client.ask(list)).next).toBe(`${canary.url}/next`);
    await canary.close();
  });

  it("come again in the same places for the same seed", async () => {
    const places = (seed: number) => {
      const random = seeded(seed);
      return Array.from({ length: 50 }, () => random() < 0.4);
    };
    expect(places(7)).toEqual(places(7));
    expect(places(7)).not.toEqual(places(8));
    twin.faults.storm(7, 0.4, [{ kind: "status", status: 503 }]);
    const met: number[] = [];
    for (let at = 0; at < 20; at++) met.push((await client.ask(list)).status);
    const again = await GithubTwin.open();
    await again.seed();
    again.faults.storm(7, 0.4, [{ kind: "status", status: 503 }]);
    for (const status of met) expect((await clientOf(again).ask(list)).status).toBe(status);
    expect(met).toContain(503);
    expect(twin.faults.log.length).toBe(met.filter((status) => status === 503).length);
    await again.close();
    expect(new Faults().log).toEqual([]);
  });
});
