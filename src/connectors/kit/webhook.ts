import type { Push } from "../../model/index.ts";
import type { Context } from "./define.ts";

/** News that a service posts to us. Only a trigger: what a delivery says is never stored, it is asked for again. */
export interface Webhook<Config, Api, Cursor> {
  /** The secret that the options name; undefined: no deliveries are accepted for this source. */
  secret(config: Config): string | undefined;
  /** On the raw bytes, in constant time, before anything is parsed. There is no way to mount an unchecked hook. */
  verify(request: RawRequest, secret: string, now: Date): boolean;
  /** What a verified delivery means. Throws nothing for events it does not know: an empty answer ignores them. */
  receive(ctx: Context<Config, Api>, request: RawRequest): Promise<Delivery<Cursor>>;
}

export interface Delivery<Cursor> {
  push?: Push<Cursor>;
  /** Answered instead of 202, for handshakes. */
  reply?: Reply;
  /** The service's id of this delivery: the second one with it has no effect. */
  once?: string;
}

export interface RawRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly body: Buffer;
  readonly url: URL;
}

export interface Reply {
  status: number;
  body?: string;
  headers?: Readonly<Record<string, string>>;
}
