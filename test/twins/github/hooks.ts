import { createHmac, randomUUID } from "node:crypto";
import type { Links } from "./links.ts";
import type { Repository } from "./repository.ts";
import { listedRepository } from "./shapes/repository.ts";
import { simpleUser } from "./shapes/user.ts";
import type { Happening, World } from "./world.ts";

export interface Hook {
  id: number;
  repository: Repository;
  url: string;
  secret: string | undefined;
  /** Names of events, or `*`. */
  events: string[];
  contentType: "json" | "form";
  createdAt: string;
}

/** What was posted to a hook, and what came back. */
export interface HookDelivery {
  id: string;
  event: string;
  action: string | undefined;
  headers: Record<string, string>;
  body: Buffer;
  /** 0: nobody answered. */
  status: number;
}

/** Tells others what happens: one POST for each change, signed, and never again when it fails. */
export class Hooks {
  readonly all: Hook[] = [];
  readonly deliveries: HookDelivery[] = [];
  readonly #world: World;
  readonly #links: () => Links;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(world: World, links: () => Links) {
    this.#world = world;
    this.#links = links;
    world.listeners.push((happening) => this.#tell(happening));
  }

  /** Sets a hook, which is pinged at once. */
  add(repository: Repository, url: string, about: Partial<Pick<Hook, "secret" | "events" | "contentType">> = {}): Hook {
    const hook: Hook = {
      id: this.#world.id(),
      repository,
      url,
      secret: undefined,
      events: ["*"],
      contentType: "json",
      createdAt: this.#world.now(),
      ...about,
    };
    this.all.push(hook);
    this.#post(hook, "ping", undefined, { zen: "Keep it logically awesome.", hook_id: hook.id });
    return hook;
  }

  /** Waits until everything that was on its way has been answered. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** The same delivery once more, as a person may ask for on the page of the hook: same id, same bytes. */
  async redeliver(delivery: HookDelivery, url: string): Promise<number> {
    return postTo(url, delivery);
  }

  #tell(happening: Happening): void {
    for (const hook of this.all) {
      if (hook.repository !== happening.repository) continue;
      if (!hook.events.includes("*") && !hook.events.includes(happening.event)) continue;
      this.#post(hook, happening.event, happening.action, happening.payload(this.#links()));
    }
  }

  #post(hook: Hook, event: string, action: string | undefined, payload: Record<string, unknown>): void {
    const links = this.#links();
    const json = JSON.stringify({
      ...(action !== undefined && { action }),
      ...payload,
      repository: listedRepository(links, hook.repository),
      sender: simpleUser(links, hook.repository.owner),
    });
    const form = hook.contentType === "form";
    const body = Buffer.from(form ? new URLSearchParams({ payload: json }).toString() : json);
    const sign = (algorithm: string, secret: string) => createHmac(algorithm, secret).update(body).digest("hex");
    const id = randomUUID();
    const headers: Record<string, string> = {
      "content-type": form ? "application/x-www-form-urlencoded" : "application/json",
      "user-agent": "GitHub-Hookshot/044aadd",
      "x-github-delivery": id,
      "x-github-event": event,
      "x-github-hook-id": String(hook.id),
      "x-github-hook-installation-target-id": String(hook.repository.id),
      "x-github-hook-installation-target-type": "repository",
      ...(hook.secret !== undefined && {
        "x-hub-signature": `sha1=${sign("sha1", hook.secret)}`,
        "x-hub-signature-256": `sha256=${sign("sha256", hook.secret)}`,
      }),
    };
    const delivery: HookDelivery = { id, event, action, headers, body, status: 0 };
    this.deliveries.push(delivery);
    const sent = postTo(hook.url, delivery).then((status) => {
      delivery.status = status;
      this.#underWay.delete(sent);
    });
    this.#underWay.add(sent);
  }
}

async function postTo(url: string, { headers, body }: HookDelivery): Promise<number> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(10_000),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
