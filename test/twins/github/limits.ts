import { Refusal } from "./exchange.ts";
import type { Principal } from "./tokens.ts";
import type { World } from "./world.ts";

export type Resource = "core" | "search" | "code_search" | "graphql";

interface Window {
  used: number;
  /** Seconds since 1970. */
  reset: number;
}

const HOURLY: Record<Resource, boolean> = { core: true, search: false, code_search: false, graphql: true };

/** Primary limits by hour or minute, secondary ones by concurrency and points in a minute (documentation of November 2026). */
export class Limits {
  /** What a credential may spend in a window. */
  readonly known: Record<Resource, number> = { core: 5000, search: 30, code_search: 10, graphql: 5000 };
  readonly anonymous: Record<Resource, number> = { core: 60, search: 10, code_search: 0, graphql: 0 };
  /** Off on Enterprise Server, unless its administrators turn them on. */
  enabled = true;
  /** Both are documented. */
  statusWhenUsedUp: 403 | 429 = 403;
  secondary = { concurrent: 100, pointsPerMinute: 900, retryAfter: "60" as string | undefined };
  readonly #windows = new Map<string, Window>();
  readonly #points = new Map<string, { at: number; points: number }[]>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Refuses when the window is used up; spends nothing. */
  check(principal: Principal, resource: Resource): void {
    if (!this.enabled) return;
    const { used, limit } = this.state(principal, resource);
    if (used < limit) return;
    const who = principal.kind === "token" ? `for user ID ${principal.token.account.id}.` : "for 127.0.0.1.";
    throw new Refusal(this.statusWhenUsedUp, `API rate limit exceeded ${who}`, this.headers(principal, resource));
  }

  spend(principal: Principal, resource: Resource, cost = 1): void {
    this.state(principal, resource).window.used += cost;
  }

  headers(principal: Principal, resource: Resource): Record<string, string> {
    if (!this.enabled) return {};
    const { limit, used, window } = this.state(principal, resource);
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(Math.max(0, limit - used)),
      "x-ratelimit-used": String(used),
      "x-ratelimit-reset": String(window.reset),
      "x-ratelimit-resource": resource,
    };
  }

  state(principal: Principal, resource: Resource) {
    const now = Math.floor(this.#world.milliseconds() / 1000);
    const key = `${keyOf(principal)} ${resource}`;
    let window = this.#windows.get(key);
    if (window === undefined || window.reset <= now) {
      window = { used: 0, reset: now + (HOURLY[resource] ? 3600 : 60) };
      this.#windows.set(key, window);
    }
    const limit = (principal.kind === "anonymous" ? this.anonymous : this.known)[resource];
    return { window, limit, used: window.used };
  }

  /** Uses up what is left of a window, so that the next request is refused. */
  exhaust(principal: Principal, resource: Resource = "core"): void {
    const { window, limit } = this.state(principal, resource);
    window.used = limit;
  }

  /** Refuses who asks too much at once or too much in a minute, primary limits left or not. */
  checkSecondary(principal: Principal, underWay: number, points = 1): void {
    if (!this.enabled) return;
    const now = this.#world.milliseconds();
    const spent = (this.#points.get(keyOf(principal)) ?? []).filter((one) => one.at > now - 60_000);
    const sum = spent.reduce((total, one) => total + one.points, 0);
    if (underWay > this.secondary.concurrent || sum + points > this.secondary.pointsPerMinute) throw this.tooMuch();
    spent.push({ at: now, points });
    this.#points.set(keyOf(principal), spent);
  }

  /** The documented answer to a secondary limit. */
  tooMuch(): Refusal {
    const { retryAfter } = this.secondary;
    return new Refusal(
      403,
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
      retryAfter === undefined ? {} : { "retry-after": retryAfter },
      {
        documentation_url:
          "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
      },
    );
  }
}

function keyOf(principal: Principal): string {
  if (principal.kind === "anonymous") return "anonymous";
  if (principal.kind === "app") return `app ${principal.app.id}`;
  const { token } = principal;
  return token.kind === "installation" ? `installation ${token.owner?.id}` : `user ${token.account.id}`;
}
