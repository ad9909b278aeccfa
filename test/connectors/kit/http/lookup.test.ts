import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Resolve, systemResolve } from "../../../../src/connectors/kit/http/guard.ts";
import { socketsLookingUp } from "../../../../src/connectors/kit/index.ts";
import { METADATA, NAMES, THIS_MACHINE } from "./addresses.ts";
import { asking, serviceAt } from "./loopback.ts";

/** What a stranger's name server may answer, and what one's own network does. */
const resolve: Resolve = async (host) => {
  const own: Record<string, string[]> = {
    db: ["172.18.0.4"],
    "mail.harbour.internal": ["10.0.0.7"],
    "nas.local": ["192.168.1.5"],
    "imap.station.example": ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    metadata: ["169.254.169.254"],
  };
  const found = own[host] ?? NAMES[host] ?? NAMES[host.toLowerCase()] ?? NAMES[`${host}.`];
  // Numbers in disguise are read as this machine reads them.
  if (!found && /^[\dxa-f.]+$/i.test(host)) return systemResolve(host);
  if (!found) throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
  return found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
};

describe("the way of a driver's own connections", () => {
  let [hits, port] = [0, 0];
  let canary: ReturnType<typeof createServer>;
  beforeEach(async () => {
    hits = 0;
    canary = createServer((socket) => {
      hits++;
      socket.on("error", () => {}).end();
    });
    await once(canary.listen(0, "::"), "listening");
    port = (canary.address() as AddressInfo).port;
  });
  afterEach(() => canary.close());

  /** Tries to get there as drivers do; answers the addresses that would be tried, or the kind of the refusal. */
  async function reach(host: string, allowPrivateNetwork = false): Promise<string[] | string> {
    const { http } = asking(serviceAt("https://api.github.example"), { allowPrivateNetwork, resolve });
    try {
      const lookup = http.lookup(host);
      return await new Promise((done, fail) => {
        lookup(host, { all: true }, (error, found) =>
          error ? fail(error) : done((found as { address: string }[]).map(({ address }) => address)),
        );
      });
    } catch (error) {
      return (error as { kind?: string; code?: string }).kind ?? (error as { code: string }).code;
    }
  }

  it("leads to a name of the internet, and to every address that it stands for", async () => {
    expect(await reach("imap.station.example")).toEqual(["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]);
  });

  it("leads into a private network where the options themselves say so: an address, or a name that no stranger can have", async () => {
    expect(await reach("192.168.1.5")).toEqual(["192.168.1.5"]);
    expect(await reach("127.0.0.1")).toEqual(["127.0.0.1"]);
    expect(await reach("::1")).toEqual(["::1"]);
    expect(await reach("100.64.7.1")).toEqual(["100.64.7.1"]);
    expect(await reach("fd12:3456::1")).toEqual(["fd12:3456::1"]);
    for (const name of ["db", "nas.local", "mail.harbour.internal"]) expect(await reach(name), name).not.toBe("config");
  });

  it("leads nowhere by a name that somebody else can point into a private network, unless the source allows it", async () => {
    const inside = Object.keys(NAMES).filter((name) => /\.example\.?$|\.(com|io|net|org)\.?$/i.test(name));
    expect(inside.length).toBeGreaterThan(10);
    for (const name of inside) expect([name, await reach(name)]).toEqual([name, "config"]);
    const allowed = await Promise.all(inside.map((name) => reach(name, true)));
    expect(allowed.filter((found) => Array.isArray(found)).length).toBeGreaterThan(10);
  });

  it("is not opened by an address in disguise", async () => {
    const disguised = THIS_MACHINE.filter((host) => !/^127\.0\.0\.1\.?$|^\[?::1\]?$/.test(host));
    expect(disguised.length).toBeGreaterThan(20);
    for (const host of disguised)
      expect([host, await reach(host)]).toEqual([host, expect.stringMatching(/^(config|E[A-Z]+)$/)]);
  });

  it("never leads to a cloud's metadata", async () => {
    for (const host of [...METADATA, "metadata", "metadata.google.internal"])
      expect([host, await reach(host, true)]).toEqual([host, "config"]);
  });

  it("is followed by a driver's sockets: a name that turns inward meets nobody", async () => {
    const { http } = asking(serviceAt("https://api.github.example"), {
      allowPrivateNetwork: false,
      resolve: async () => [{ address: "127.0.0.1", family: 4 }],
    });
    const lookup = http.lookup("imap.station.example");
    const plain = connect({ port, host: "imap.station.example", lookup });
    expect((await once(plain, "error"))[0]).toMatchObject({ kind: "config" });
    const socket = socketsLookingUp(lookup)();
    socket.connect(port, "imap.station.example");
    expect((await once(socket, "error"))[0]).toMatchObject({
      kind: "config",
      hint: "If that is right, set `allowPrivateNetwork: true` in the source work-github.",
    });
    expect(hits).toBe(0);
    const own = socketsLookingUp(http.lookup("localhost"))();
    own.connect(port, "localhost");
    await once(own, "connect");
    own.destroy();
  });
});
