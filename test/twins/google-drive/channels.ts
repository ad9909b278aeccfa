import { randomUUID } from "node:crypto";
import { Refusal } from "../google/refusal.ts";
import type { LogEntry } from "./model.ts";

const WEEK_MS = 7 * 24 * 3_600_000;

export interface Channel {
  id: string;
  resourceId: string;
  address: string;
  token: string | undefined;
  expiration: number;
  email: string;
  drive: string | undefined;
  messages: number;
  resourceUri: string;
}

/** Where news of changes is posted: https://developers.google.com/workspace/drive/api/guides/push, 2026-11. */
export class Channels {
  readonly all: Channel[] = [];
  readonly stopped: string[] = [];
  readonly #now: () => Date;
  readonly #sending = new Set<Promise<unknown>>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Those that have not ended by themselves. */
  live(): Channel[] {
    return this.all.filter((channel) => channel.expiration > this.#now().getTime());
  }

  open(
    asked: Record<string, string>,
    email: string,
    drive: string | undefined,
    origin: string,
  ): Record<string, unknown> {
    const { id = "", type, address = "", token } = asked;
    if (id === "" || type !== "web_hook") throw new Refusal(400, "invalid", "Invalid Value");
    if (!address.startsWith("https://") && !address.startsWith("http://127.0.0.1"))
      throw new Refusal(400, "push.webhookUrlNotHttps", "WebHook callback must be HTTPS");
    if (this.all.some((channel) => channel.id === id))
      throw new Refusal(400, "channelIdNotUnique", `Channel id ${id} not unique`);
    const latest = this.#now().getTime() + WEEK_MS;
    const expiration = Math.min(Number(asked.expiration ?? this.#now().getTime() + 3_600_000), latest);
    const resourceUri = `${origin}/drive/v3/changes?alt=json${drive === undefined ? "" : `&driveId=${drive}`}`;
    const channel = {
      id,
      resourceId: randomUUID().slice(0, 26),
      address,
      token,
      expiration,
      email,
      drive,
      messages: 0,
      resourceUri,
    };
    this.all.push(channel);
    this.#send(channel, "sync");
    return {
      kind: "api#channel",
      id,
      resourceId: channel.resourceId,
      resourceUri,
      ...(token && { token }),
      expiration: String(expiration),
    };
  }

  stop(id: string, resourceId: string): void {
    const at = this.all.findIndex((channel) => channel.id === id && channel.resourceId === resourceId);
    if (at === -1) throw new Refusal(404, "notFound", `Channel '${id}' not found for project`);
    this.stopped.push(id);
    this.all.splice(at, 1);
  }

  tell(entry: LogEntry): void {
    for (const channel of this.live()) {
      const concerns = channel.drive === undefined ? entry.heard.has(channel.email) : entry.drives.has(channel.drive);
      if (concerns) this.#send(channel, "change");
    }
  }

  #send(channel: Channel, state: "sync" | "change"): void {
    channel.messages += 1;
    const headers: Record<string, string> = {
      "x-goog-channel-id": channel.id,
      "x-goog-message-number": String(channel.messages),
      "x-goog-resource-id": channel.resourceId,
      "x-goog-resource-state": state,
      "x-goog-resource-uri": channel.resourceUri,
      "x-goog-channel-expiration": new Date(channel.expiration).toUTCString(),
      ...(channel.token !== undefined && { "x-goog-channel-token": channel.token }),
    };
    const sent = fetch(channel.address, { method: "POST", headers }).then(
      (answer) => answer.arrayBuffer(),
      () => undefined,
    );
    this.#sending.add(sent);
    void sent.finally(() => this.#sending.delete(sent));
  }

  async settled(): Promise<void> {
    await Promise.all(this.#sending);
  }
}
