import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { CloseEvent, MessageEvent, WebSocket as WebSocketOf } from "undici";
import { ConnectorError } from "../../../model/index.ts";
import { checkUrl } from "./guard.ts";
import type { Socket } from "./http.ts";
import type { Line } from "./wire.ts";

/** We ask so often whether the other side is still there. */
const BEAT_MS = 30_000;
/** Heard nothing for so long, not even an answer to that: the line is dead. */
const SILENCE_MS = 90_000;
/** Texts that nobody has taken yet; the service is told to stop then. */
const MOST_WAITING = 10_000;
const SIGNS_OF_LIFE = ["undici:websocket:ping", "undici:websocket:pong"] as const;

/** Opens a WebSocket on the same guarded way as every request, without any credential. */
export async function openSocket({ wire, signal }: Line, written: string): Promise<Socket> {
  const url = checkedAddress(wire.source, written, wire.base.protocol === "https:");
  checkUrl(wire.guard, new URL(url.href.replace(/^ws/, "http")));
  if (signal.aborted) throw new ConnectorError("cancelled", "Stopped.");
  const dispatcher = await wire.network.dispatcher();
  const { WebSocket, ping } = await import("./agents.ts");
  wire.counts.requests++;
  const socket = new WebSocket(url, { dispatcher, headers: { "user-agent": wire.userAgent } });
  const line = new Texts(socket, url.host, wire.source, () => ping(socket));
  const stop = () => line.close();
  signal.addEventListener("abort", stop, { once: true });
  line.ended.finally(() => signal.removeEventListener("abort", stop)).catch(() => {});
  await line.opened(wire.limits.connectMs);
  if (signal.aborted) throw new ConnectorError("cancelled", "Stopped.");
  return { texts: line.texts(), send: (text) => socket.send(text), close: stop };
}

/** An address is given for one use and may hold a ticket: errors never show it. */
function checkedAddress(source: string, written: string, encrypted: boolean): URL {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url !== undefined && (url.protocol === "wss:" || (url.protocol === "ws:" && !encrypted))) return url;
  throw new ConnectorError("bad_response", `${source} was pointed to a live connection that cannot be used.`);
}

/** What comes through a socket, gathered until it is taken. */
class Texts {
  /** Settles when the connection is over, however it ended. */
  readonly ended: Promise<void>;
  readonly #socket: WebSocketOf;
  readonly #host: string;
  readonly #source: string;
  readonly #waiting: string[] = [];
  readonly #beat: NodeJS.Timeout;
  #heardAt = performance.now();
  #wake: () => void = () => {};
  #over: { clean: boolean } | undefined;

  constructor(socket: WebSocketOf, host: string, source: string, ping: () => void) {
    this.#socket = socket;
    this.#host = host;
    this.#source = source;
    const heard = (sign: unknown) => {
      if ((sign as { websocket?: unknown }).websocket === socket) this.#heardAt = performance.now();
    };
    for (const name of SIGNS_OF_LIFE) subscribe(name, heard);
    this.#beat = setInterval(() => {
      if (performance.now() - this.#heardAt > SILENCE_MS) this.#end(false);
      else if (socket.readyState === socket.OPEN) ping();
    }, BEAT_MS).unref();
    socket.addEventListener("message", (event) => this.#take(event));
    this.ended = new Promise((resolve) => {
      const over = (clean: boolean) => {
        clearInterval(this.#beat);
        for (const name of SIGNS_OF_LIFE) unsubscribe(name, heard);
        this.#end(clean);
        resolve();
      };
      socket.addEventListener("close", (event: CloseEvent) => over(event.wasClean));
      socket.addEventListener("error", () => over(false));
    });
  }

  async opened(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    const open = new Promise<void>((resolve) => this.#socket.addEventListener("open", () => resolve(), { once: true }));
    await Promise.race([open, this.ended, late]);
    clearTimeout(timer);
    if (this.#socket.readyState === this.#socket.OPEN) return;
    this.close();
    throw this.#broken("could not be opened");
  }

  async *texts(): AsyncGenerator<string> {
    try {
      for (;;) {
        const next = this.#waiting.shift();
        if (next !== undefined) yield next;
        else if (this.#over?.clean) return;
        else if (this.#over !== undefined) throw this.#broken("broke off");
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#end(true);
    if (this.#socket.readyState <= this.#socket.OPEN) this.#socket.close();
  }

  #take({ data }: MessageEvent): void {
    this.#heardAt = performance.now();
    if (typeof data !== "string") return;
    this.#waiting.push(data);
    if (this.#waiting.length > MOST_WAITING) this.#end(false);
    this.#wake();
  }

  #end(clean: boolean): void {
    this.#over ??= { clean };
    if (!clean && this.#socket.readyState <= this.#socket.OPEN) this.#socket.close();
    this.#wake();
  }

  #broken(how: string): ConnectorError {
    return new ConnectorError("unavailable", `The live connection of ${this.#source} to ${this.#host} ${how}.`, {
      hint: "It is opened again by itself; what was missed meanwhile is asked for.",
    });
  }
}
