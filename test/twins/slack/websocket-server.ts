import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The server's end of one WebSocket (RFC 6455), as much of it as short texts need. */
export class ServerSocket {
  /** Texts that came, in their order. */
  readonly received: string[] = [];
  onText: (text: string) => void = () => {};
  isOpen = true;
  readonly #stream: Duplex;
  #rest = Buffer.alloc(0);

  private constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    stream.on("error", () => {});
    stream.on("close", () => {
      this.isOpen = false;
    });
  }

  /** Answers the handshake. */
  static accept(request: IncomingMessage, stream: Duplex): ServerSocket {
    const key = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`).digest("base64");
    stream.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
    );
    return new ServerSocket(stream);
  }

  send(text: string): void {
    this.#frame(1, Buffer.from(text));
  }

  ping(): void {
    this.#frame(9, Buffer.from("are you there"));
  }

  close(code = 1000): void {
    const body = Buffer.alloc(2);
    body.writeUInt16BE(code);
    this.#frame(8, body);
    this.#stream.end();
  }

  /** As when a cable is pulled. */
  drop(): void {
    this.#stream.destroy();
  }

  #frame(opcode: number, body: Buffer): void {
    if (!this.isOpen) return;
    const long = body.length > 65_535 ? 127 : body.length > 125 ? 126 : body.length;
    const head = Buffer.alloc(long === 127 ? 10 : long === 126 ? 4 : 2);
    head[0] = 0x80 | opcode;
    head[1] = long;
    if (long === 126) head.writeUInt16BE(body.length, 2);
    if (long === 127) head.writeBigUInt64BE(BigInt(body.length), 2);
    this.#stream.write(Buffer.concat([head, body]));
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      if (this.#rest.length < 6) return;
      const [first = 0, second = 0] = this.#rest;
      const short = second & 0x7f;
      const at = short === 126 ? 4 : short === 127 ? 10 : 2;
      const length =
        short === 126 ? this.#rest.readUInt16BE(2) : short === 127 ? Number(this.#rest.readBigUInt64BE(2)) : short;
      if (this.#rest.length < at + 4 + length) return;
      const mask = this.#rest.subarray(at, at + 4);
      const body = Buffer.from(this.#rest.subarray(at + 4, at + 4 + length)).map(
        (byte, index) => byte ^ (mask[index % 4] as number),
      );
      this.#rest = this.#rest.subarray(at + 4 + length);
      this.#understood(first & 0x0f, Buffer.from(body));
    }
  }

  #understood(opcode: number, body: Buffer): void {
    if (opcode === 8) this.#stream.end();
    if (opcode === 9) this.#frame(10, body);
    if (opcode !== 1) return;
    this.received.push(body.toString("utf8"));
    this.onText(body.toString("utf8"));
  }
}
