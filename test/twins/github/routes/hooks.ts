import { notFound, type Route } from "../exchange.ts";
import type { Hooks } from "../hooks.ts";
import { paged } from "../paging.ts";
import { roleOf } from "../tokens.ts";

/** The hooks of a repository, for its administrators. */
export function hookRoutes(hooks: () => Hooks): readonly Route[] {
  return [
    {
      method: "GET",
      template: "/repos/{owner}/{repo}/hooks",
      paged: true,
      needs: ["repository_hooks"],
      answer(call) {
        const { principal, repository, links } = call;
        if (principal.kind !== "token" || roleOf(principal.token.account, repository) !== "admin") throw notFound();
        const found = hooks().all.filter((one) => one.repository === repository);
        return paged(call, found, (hook) => {
          const url = `${links.api}/repos/${repository.fullName}/hooks/${hook.id}`;
          const config = { content_type: hook.contentType, insecure_ssl: "0", url: hook.url };
          return JSON.stringify({
            type: "Repository",
            id: hook.id,
            name: "web",
            active: true,
            events: hook.events,
            config: hook.secret === undefined ? config : { ...config, secret: "********" },
            updated_at: hook.createdAt,
            created_at: hook.createdAt,
            url,
            test_url: `${url}/test`,
            ping_url: `${url}/pings`,
            deliveries_url: `${url}/deliveries`,
            last_response: { code: null, status: "unused", message: null },
          });
        });
      },
    },
  ];
}
