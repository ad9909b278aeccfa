import { Refusal, type Route } from "../exchange.ts";
import type { Limits, Resource } from "../limits.ts";
import type { Flavour } from "../service.ts";

/** What the service says about itself and its limits. */
export function serviceRoutes(limits: Limits, flavour: Flavour): readonly Route[] {
  return [
    {
      method: "GET",
      template: "/rate_limit",
      resource: "none",
      answer(call) {
        if (!limits.enabled) throw new Refusal(404, "Rate limiting is not enabled.");
        const one = (resource: Resource) => {
          const { limit, used, window } = limits.state(call.principal, resource);
          return { limit, used, remaining: Math.max(0, limit - used), reset: window.reset };
        };
        const resources = {
          core: one("core"),
          search: one("search"),
          code_search: one("code_search"),
          graphql: one("graphql"),
        };
        // The version of 2026-03-10 dropped `rate`.
        return { status: 200, body: { resources, ...(call.version < "2026-03-10" && { rate: resources.core }) } };
      },
    },
    {
      method: "GET",
      template: "/meta",
      answer: () => ({
        status: 200,
        body: {
          verifiable_password_authentication: false,
          ...(flavour !== "dotcom" && { installed_version: flavour === "enterprise" ? "3.19.2" : "3.4.1" }),
        },
      }),
    },
  ];
}
