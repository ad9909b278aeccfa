import { Readable } from "node:stream";
import { z } from "zod";
import { ConnectorError, type Fetched } from "../kit/index.ts";
import { realmOf, type SlackContext } from "./api.ts";
import { canvasHtml, mentionedIn } from "./markdown/canvas-html.ts";
import { namesOf } from "./people.ts";
import { type Channel, File, ok } from "./schema.ts";
import { isCanvas } from "./taken.ts";
import { workspaceArgument } from "./workspaces.ts";

const Listed = ok({
  files: z.array(z.unknown()),
  paging: z.object({ page: z.number(), pages: z.number() }).nullish().catch(undefined),
});
const MOST_BYTES = 10_000_000;

/**
 * Canvases of a channel: its own ones, which no message carries, and those that messages carry. Undefined where Slack does
 * not tell them, because the token lacks files:read or the workspace has none.
 * https://docs.slack.dev/surfaces/canvases#finding-canvases-with-fileslist, 2026-11.
 */
export async function channelCanvases(ctx: SlackContext, channel: Channel): Promise<File[] | undefined> {
  const query = { channel: channel.id, types: "canvas", count: 100, ...(await workspaceArgument(ctx, channel)) };
  const realm = realmOf(ctx, channel);
  const first = { url: "/files.list", query, bucket: "fileList", ...(realm !== undefined && { realm }) };
  const found: File[] = [];
  try {
    for await (const { body } of ctx.http.pages(first, Listed, ({ body: { paging } }) =>
      paging && paging.page < paging.pages ? { ...first, query: { ...query, page: paging.page + 1 } } : undefined,
    ))
      for (const one of body.files) {
        const file = File.safeParse(one).data;
        if (file !== undefined && isCanvas(file) && file.mode !== "tombstone") found.push(file);
      }
  } catch (thrown) {
    const error = ConnectorError.from(thrown);
    if (!["permission", "unsupported", "not_found"].includes(error.kind)) throw error;
    ctx.log.info("canvases.not-listed", { channel: channel.id, why: error.message });
    return undefined;
  }
  return found;
}

/** What stands in a canvas. Undefined where Slack shows a page to sign in instead. */
export async function canvasContent(
  ctx: SlackContext,
  url: string,
  realm: string | undefined,
  name: string,
): Promise<Fetched["content"] | undefined> {
  const request = { url, bucket: "files", maxBytes: MOST_BYTES, ...(realm !== undefined && { realm }) };
  const { body } = await ctx.http.text(request);
  if (/<title>[^<]{0,200}sign in|data-qa=["']signin|action=["']\/signin/i.test(body)) return undefined;
  const names = await namesOf(ctx, mentionedIn(body));
  return { stream: Readable.from([Buffer.from(canvasHtml(body, names))]), mime: "text/html", name: `${name}.html` };
}
