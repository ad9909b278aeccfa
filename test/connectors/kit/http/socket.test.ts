import { createServer, type IncomingHttpHeaders } from "node:http";
import { expect, it } from "vitest";
import { ServerSocket } from "../../../twins/slack/websocket-server.ts";
import { afterwards, asking, eventually, listen, serviceAt, TOKEN } from "./loopback.ts";

/** A server that does something with each WebSocket, and remembers the headers it came with. */
async function socketServer(take: (socket: ServerSocket) => void) {
  const headers: IncomingHttpHeaders[] = [];
  const sockets: ServerSocket[] = [];
  const server = createServer();
  server.on("upgrade", (request, stream) => {
    headers.push(request.headers);
    const socket = ServerSocket.accept(request, stream);
    sockets.push(socket);
    afterwards(() => socket.drop());
    take(socket);
  });
  const port = await listen(server);
  return { port, headers, sockets, url: `http://127.0.0.1:${port}` };
}

it("a live connection brings texts in their order, answers, and ends when the other side closes", async () => {
  const server = await socketServer((socket) => {
    for (const text of ["one", "שתיים 🦦", "x".repeat(70_000)]) socket.send(text);
    socket.onText = () => socket.close();
  });
  const { http } = asking(serviceAt(server.url));
  const socket = await http.socket(`ws://127.0.0.1:${server.port}/link?ticket=abc`);
  const came: string[] = [];
  for await (const text of socket.texts) {
    came.push(text);
    if (came.length === 3) socket.send("enough");
  }
  expect(came).toEqual(["one", "שתיים 🦦", "x".repeat(70_000)]);
  expect(server.sockets[0]?.received).toEqual(["enough"]);
  expect(JSON.stringify(server.headers)).not.toContain(TOKEN);
});

it("a live connection that breaks, or sends more than anybody wants, is an error that shows no ticket", async () => {
  const server = await socketServer((socket) => {
    if (server.sockets.length === 1) socket.drop();
    else socket.send("x".repeat(5_000_000));
  });
  const { http } = asking(serviceAt(server.url));
  for (let time = 0; time < 2; time++) {
    const broken = async () => {
      const socket = await http.socket(`ws://127.0.0.1:${server.port}/?ticket=canary-ticket`);
      for await (const _ of socket.texts);
    };
    const error = await broken().catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ kind: "unavailable" });
    expect(JSON.stringify([error, (error as Error).message])).not.toContain("canary-ticket");
  }
});

it("a live connection goes where the guard lets it, encrypted where the service is, and ends with its signal", async () => {
  const server = await socketServer(() => {});
  const address = `ws://127.0.0.1:${server.port}/`;
  const outside = asking(serviceAt(server.url), { allowPrivateNetwork: false });
  await expect(outside.http.socket(address)).rejects.toMatchObject({ kind: "config" });
  const encrypted = asking(serviceAt("https://127.0.0.1:1"));
  await expect(encrypted.http.socket(address)).rejects.toMatchObject({ kind: "bad_response" });
  await expect(asking(serviceAt(server.url)).http.socket("file:///etc/passwd")).rejects.toMatchObject({
    kind: "bad_response",
  });
  expect(server.headers).toEqual([]);

  const stop = new AbortController();
  const { texts } = await asking(serviceAt(server.url)).open.until(stop.signal).socket(address);
  const next = texts.next();
  stop.abort();
  expect(await next).toMatchObject({ done: true });
  await eventually(() => server.sockets[0]?.isOpen).toBe(false);
});
