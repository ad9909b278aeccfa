import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, it } from "vitest";
import { type RawBody, readRaw } from "../../src/web/raw-body.ts";

/** What is read of a request that is sent as these bytes and then left hanging, or hung up. */
async function read(bytes: string, hangUp: boolean): Promise<RawBody> {
  let tell: (body: RawBody) => void = () => {};
  const told = new Promise<RawBody>((resolve) => {
    tell = resolve;
  });
  const server = createServer(async (request, response) => {
    tell(await readRaw(request, 100));
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
  socket.write(bytes, () => hangUp && socket.destroy());
  const body = await told;
  socket.destroy();
  server.closeAllConnections();
  server.close();
  return body;
}

const HEAD = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n";

it("a body is read as it came, byte by byte", async () => {
  const body = await read(`${HEAD}\u0000\u00ff{"a": 1}`.slice(0, HEAD.length + 9), false);
  expect("bytes" in body && [...body.bytes.subarray(0, 3)]).toEqual([0, 0xc3, 0xbf]);
});

it("a body that does not come to its end in time is given up", async () => {
  expect(await read(`${HEAD}half`, false)).toEqual({ status: 408 });
});

it("a sender that hangs up leaves nothing behind", async () => {
  expect(await read(`${HEAD}half`, true)).toEqual({ status: 400 });
});
