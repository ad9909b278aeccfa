import { createHmac } from "node:crypto";
import type { ServerSocket } from "./websocket-server.ts";
import type { World } from "./world.ts";

/** An event as it is wrapped for delivery, https://docs.slack.dev/apis/events-api. */
export interface Wrapped {
  type: "event_callback";
  event_id: string;
  event_time: number;
  team_id: string;
  api_app_id: string;
  event: Record<string, unknown>;
}

/** Tells what happens: to a request URL with a signature, or through the sockets that are open. */
export class Events {
  readonly signingSecret = "canary-signing-8f2a6c";
  /** Every event since the beginning. */
  readonly told: Wrapped[] = [];
  /** Envelopes that nobody has acknowledged yet. */
  readonly unanswered = new Map<string, Wrapped>();
  readonly sockets: ServerSocket[] = [];
  /** Where the Events API posts to; undefined: nowhere. */
  requestUrl: string | undefined;
  readonly #world: World;
  readonly #posting: Promise<unknown>[] = [];
  #serial = 0;

  constructor(world: World) {
    this.#world = world;
  }

  tell(event: Record<string, unknown>): void {
    this.#serial += 1;
    const wrapped: Wrapped = {
      type: "event_callback",
      event_id: `Ev0${String(this.#serial).padStart(8, "0")}`,
      event_time: Math.floor(this.#world.now().getTime() / 1000),
      team_id: this.#world.team.id,
      api_app_id: "A0HEADWATER",
      event,
    };
    this.told.push(wrapped);
    const socket = this.sockets.findLast((one) => one.isOpen);
    if (socket !== undefined) this.#send(socket, wrapped);
    if (this.requestUrl !== undefined) this.#posting.push(this.post(wrapped));
  }

  /** A new socket says hello; what it acknowledges is crossed off. */
  open(socket: ServerSocket): void {
    this.sockets.push(socket);
    socket.onText = (text) => this.unanswered.delete((JSON.parse(text) as { envelope_id: string }).envelope_id);
    socket.send(
      JSON.stringify({
        type: "hello",
        num_connections: 1,
        connection_info: { app_id: "A0HEADWATER" },
        debug_info: { approximate_connection_time: 18_060 },
      }),
    );
  }

  /** The same event once more, as when the acknowledgement was lost. */
  again(wrapped: Wrapped): void {
    const socket = this.sockets.findLast((one) => one.isOpen);
    if (socket !== undefined) this.#send(socket, wrapped, 1);
  }

  /** Asks the client to come back under another address, as Slack does every few hours. */
  refresh(reason: "warning" | "refresh_requested" | "link_disabled" = "refresh_requested"): void {
    const socket = this.sockets.findLast((one) => one.isOpen);
    socket?.send(JSON.stringify({ type: "disconnect", reason, debug_info: { host: "applink-1" } }));
  }

  async post(body: object, more: { retry?: number; at?: Date; secret?: string } = {}): Promise<Response> {
    const { raw, headers } = this.signed(body, more);
    return fetch(this.requestUrl as string, { method: "POST", body: raw, headers });
  }

  /** A delivery, byte by byte, with the headers that Slack puts on it. */
  signed(
    body: object,
    more: { retry?: number; at?: Date; secret?: string } = {},
  ): { raw: string; headers: Record<string, string> } {
    const raw = JSON.stringify(body);
    const time = String(Math.floor((more.at ?? this.#world.now()).getTime() / 1000));
    const mac = createHmac("sha256", more.secret ?? this.signingSecret)
      .update(`v0:${time}:${raw}`)
      .digest("hex");
    const retry: Record<string, string> =
      more.retry === undefined
        ? {}
        : { "x-slack-retry-num": String(more.retry), "x-slack-retry-reason": "http_timeout" };
    return {
      raw,
      headers: {
        "content-type": "application/json",
        "x-slack-request-timestamp": time,
        "x-slack-signature": `v0=${mac}`,
        ...retry,
      },
    };
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#posting);
  }

  #send(socket: ServerSocket, wrapped: Wrapped, attempt = 0): void {
    const envelope_id = `${wrapped.event_id}-${attempt}-${this.#serial}`;
    this.unanswered.set(envelope_id, wrapped);
    socket.send(
      JSON.stringify({
        envelope_id,
        type: "events_api",
        accepts_response_payload: false,
        payload: wrapped,
        retry_attempt: attempt,
        retry_reason: attempt > 0 ? "timeout" : "",
      }),
    );
  }
}
