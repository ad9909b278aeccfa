import type { Apps, Installation } from "../apps.ts";
import { type Call, notFound, Refusal, type Route } from "../exchange.ts";
import { paged } from "../paging.ts";
import { listedRepository } from "../shapes/repository.ts";
import { simpleUser } from "../shapes/user.ts";
import type { App } from "../tokens.ts";
import { nodeId } from "../world.ts";

function self(call: Call): App {
  if (call.principal.kind === "app") return call.principal.app;
  throw new Refusal(401, "A JSON web token could not be decoded");
}

function installationShape(call: Call, one: Installation) {
  return {
    id: one.id,
    client_id: one.app.clientId,
    account: simpleUser(call.links, one.account),
    repository_selection: one.repositories === undefined ? "all" : "selected",
    access_tokens_url: `${call.links.api}/app/installations/${one.id}/access_tokens`,
    repositories_url: `${call.links.api}/installation/repositories`,
    html_url: `${call.links.html}/organizations/${one.account.login}/settings/installations/${one.id}`,
    app_id: one.app.id,
    app_slug: one.app.slug,
    target_id: one.account.id,
    target_type: one.account.type,
    permissions: one.permissions,
    events: [],
    created_at: one.createdAt,
    updated_at: one.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: one.suspendedAt,
  };
}

export function appRoutes(apps: Apps): readonly Route[] {
  return [
    {
      method: "GET",
      template: "/app",
      answer(call) {
        const app = self(call);
        const body = {
          id: app.id,
          slug: app.slug,
          node_id: nodeId("A", app.id),
          client_id: app.clientId,
          owner: simpleUser(call.links, app.owner),
          name: app.slug,
          description: "",
          external_url: call.links.html,
          html_url: `${call.links.html}/apps/${app.slug}`,
          created_at: app.owner.createdAt,
          updated_at: app.owner.createdAt,
          permissions: { metadata: "read" },
          events: [],
          installations_count: apps.of(app).length,
        };
        return { status: 200, body };
      },
    },
    {
      method: "GET",
      template: "/app/installations",
      paged: true,
      answer: (call) => paged(call, apps.of(self(call)), (one) => JSON.stringify(installationShape(call, one))),
    },
    {
      method: "POST",
      template: "/app/installations/{installation_id}/access_tokens",
      answer: (call) => tokenReply(call, apps),
    },
    {
      method: "GET",
      template: "/user/installations",
      paged: true,
      answer(call) {
        if (call.principal.kind !== "token") throw new Refusal(401, "Requires authentication");
        const { account } = call.principal.token;
        const found = [...apps.installations.values()].filter(
          (one) => one.account === account || one.account.members.has(account),
        );
        const wrap = (items: string, total: number) => `{"total_count":${total},"installations":${items}}`;
        return paged(call, found, (one) => JSON.stringify(installationShape(call, one)), { wrap });
      },
    },
  ];
}

function tokenReply(call: Call, apps: Apps) {
  const app = self(call);
  const installation = apps.installations.get(Number(call.params.installation_id));
  if (installation === undefined || installation.app !== app) throw notFound();
  if (installation.suspendedAt !== null) throw new Refusal(403, "This installation has been suspended");
  const asked =
    call.body.length === 0 ? {} : (JSON.parse(call.body.toString("utf8")) as { permissions?: Record<string, string> });
  const beyond = Object.keys(asked.permissions ?? {}).filter((name) => installation.permissions[name] === undefined);
  if (beyond.length > 0) {
    throw new Refusal(422, "The permissions requested are not granted to this installation.");
  }
  const token = apps.tokenFor(installation, asked);
  const chosen = installation.repositories?.flatMap((name) => call.world.find(name) ?? []);
  const body = {
    token: token.value,
    expires_at: token.expiresAt,
    permissions: token.permissions,
    repository_selection: chosen === undefined ? "all" : "selected",
    ...(chosen !== undefined && { repositories: chosen.map((one) => listedRepository(call.links, one)) }),
  };
  return { status: 201, body };
}
