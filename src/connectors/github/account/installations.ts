import { z } from "zod";
import type { GithubContext } from "../api.ts";

const Page = z.array(
  z.object({
    id: z.number(),
    account: z.object({ login: z.string() }).nullish(),
    suspended_at: z.string().nullish(),
    permissions: z.record(z.string(), z.string()).default({}),
  }),
);
export type Installation = z.output<typeof Page>[number];

/** The installations of the app that its options choose, but for suspended ones. */
export async function installationsOf(ctx: GithubContext): Promise<Installation[]> {
  const found: Installation[] = [];
  const request = { url: "/app/installations", query: { per_page: 100 }, realm: APP };
  for await (const page of ctx.http.pages(request, Page)) found.push(...page.body);
  const { installationId } = ctx.config;
  return found.filter(
    (one) => !one.suspended_at && (installationId === undefined || String(installationId) === String(one.id)),
  );
}

/** The realm in which the app speaks for itself. */
export const APP = "";

/** One realm for each account that installed the app. */
export async function installations(ctx: GithubContext): Promise<string[]> {
  return (await installationsOf(ctx)).flatMap((one) => one.account?.login ?? []);
}
