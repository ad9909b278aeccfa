import { lookup } from "node:dns";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, expect, it } from "vitest";
import { PostgresApi } from "../../../src/connectors/postgresql/api.ts";
import { PostgresConfig } from "../../../src/connectors/postgresql/options.ts";

/** A message of the protocol: its type, its length, its content (PostgreSQL 15, "Message Formats"; checked 2026-11-21). */
function message(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, "latin1");
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

const WELCOME = Buffer.concat([message("R", Buffer.alloc(4)), message("Z", Buffer.from("I"))]);
const FAREWELL = message(
  "E",
  Buffer.from("SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"),
);

const uncaught: unknown[] = [];
const note = (error: unknown) => uncaught.push(error);
afterEach(() => process.off("uncaughtException", note));

it("a server that says goodbye with its welcome breaks a connection, never the process", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(Buffer.concat([WELCOME, FAREWELL])));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const listeners = process.listeners("uncaughtException");
  for (const listener of listeners) process.off("uncaughtException", listener);
  process.on("uncaughtException", note);
  const api = new PostgresApi(
    PostgresConfig.parse({ host: "127.0.0.1", port, user: "reader", database: "shop", ssl: "disable" }),
    { lookup: () => lookup },
  );
  const told = await api.connect().then(
    async (client) => {
      const answer = await client.query("SELECT 1").catch((error: Error) => error.message);
      client.release(true);
      return answer;
    },
    (error: Error) => error.message,
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const listener of listeners) process.on("uncaughtException", listener);
  expect(uncaught).toEqual([]);
  expect(told).toEqual(expect.any(String));
  await api.close();
  server.close();
});
