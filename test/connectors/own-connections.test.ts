import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { imap } from "../../src/connectors/imap/index.ts";
import type { Connector } from "../../src/connectors/kit/index.ts";
import { reachOf } from "../../src/connectors/postgresql/connection.ts";
import { postgresql } from "../../src/connectors/postgresql/index.ts";
import { PostgresConfig } from "../../src/connectors/postgresql/options.ts";
import { TestWorkplace } from "../contract/workplace.ts";

/** Connectors whose drivers open connections of their own, each with the options beside host and port. */
const DRIVERS: [connector: Connector, options: Record<string, unknown>][] = [
  [imap, { username: "marta", password: "secret" }],
  [imap, { username: "marta", password: "secret", useSsl: false, startTls: true }],
  [postgresql, { user: "marta", password: "secret", database: "shop" }],
  [postgresql, { user: "marta", password: "secret", database: "shop", ssl: "disable" }],
];

describe.each(DRIVERS)("the driver of $id", (connector, options) => {
  let server: Server;
  let port: number;
  let met: number;
  let place: TestWorkplace;
  beforeEach(async () => {
    met = 0;
    server = createServer((socket) => {
      met++;
      socket.on("error", () => {}).destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "::", resolve));
    port = (server.address() as AddressInfo).port;
    place = await TestWorkplace.open({ id: "inside", connector, config: { ...options, host: "127.0.0.1", port } });
  });
  afterEach(async () => {
    await place.close();
    server.close();
  });

  async function problemAt(host: string, allowPrivateNetwork: boolean) {
    place.sources.configure("inside", { ...options, host, port }, { allowPrivateNetwork });
    return (await place.engine.test("inside")).problem;
  }

  it("meets nobody by an address in disguise, and says how to allow it", async () => {
    for (const host of ["2130706433", "0x7f.1", "017700000001", "::ffff:127.0.0.1"])
      expect([host, await problemAt(host, false)]).toMatchObject([
        host,
        {
          kind: "config",
          message: `inside may not reach ${host}, an address of a private network or of this machine.`,
          hint: "If that is right, set `allowPrivateNetwork: true` in the source inside.",
        },
      ]);
    expect(met).toBe(0);
  });

  it("never asks a cloud's metadata", async () => {
    for (const host of ["169.254.169.254", "100.100.100.200", "fd00:ec2::254"])
      expect(await problemAt(host, true)).toMatchObject({
        kind: "config",
        message: expect.stringContaining("metadata"),
      });
  });

  it("reaches the machine that the options name plainly, and by disguise where the source allows it", async () => {
    for (const [host, allowed] of [
      ["127.0.0.1", false],
      ["localhost", false],
      ["0x7f.1", true],
    ] as const) {
      const before = met;
      expect((await problemAt(host, allowed))?.kind).not.toBeUndefined();
      expect([host, met > before]).toEqual([host, true]);
    }
  });
});

it("a database under a name that only begins as this machine's addresses do is not taken for this machine", () => {
  const modeOf = (host: string) => reachOf(PostgresConfig.parse({ host })).mode;
  expect(modeOf("127.0.0.1")).toBe("prefer");
  expect(modeOf("127.elsewhere.example")).toBe("verify-full");
});
