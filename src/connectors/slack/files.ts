import { z } from "zod";
import { ConnectorError, type Fetched } from "../kit/index.ts";
import { call, realmOf, type SlackContext } from "./api.ts";
import { hasUser, USER } from "./auth.ts";
import { canvasContent } from "./canvases.ts";
import { missingScope } from "./explain.ts";
import { fileItem } from "./file-item.ts";
import { calledOf } from "./items.ts";
import { nameOf } from "./markdown/message-text.ts";
import { personOf } from "./people.ts";
import { type Channel, File, ok } from "./schema.ts";
import { isCanvas } from "./taken.ts";

const Shares = z
  .record(z.string(), z.array(z.object({ ts: z.string(), thread_ts: z.string().nullish() })).catch([]))
  .nullish()
  .catch(undefined);
const Shared = File.extend({
  channels: z.array(z.string()).nullish().catch(undefined),
  groups: z.array(z.string()).nullish().catch(undefined),
  ims: z.array(z.string()).nullish().catch(undefined),
  shares: z.object({ public: Shares, private: Shares }).nullish().catch(undefined),
  has_more_shares: z.boolean().nullish().catch(undefined),
});
const Info = ok({ file: Shared });

/** A file as it is now, and the channels it was shared in. Its address is good for this moment. */
export async function askFile(ctx: SlackContext, id: string, channel?: Channel) {
  const realm = channel && fileRealm(ctx, channel);
  const { file } = (await call(ctx, "files.info", { file: id }, Info, { bucket: "fileInfo", realm })).body;
  const shares = { ...file.shares?.public, ...file.shares?.private };
  const shared = [
    ...new Set([
      ...Object.keys(shares),
      ...(file.channels ?? []),
      ...(file.groups ?? []),
      ...(file.ims ?? []),
      ...(file.linked_channel_id ? [file.linked_channel_id] : []),
    ]),
  ];
  return { file, shared, shares };
}

function fileRealm(ctx: SlackContext, channel: Channel): string | undefined {
  return realmOf(ctx, channel) ?? (ctx.config.botToken === undefined && hasUser(ctx.config) ? USER : undefined);
}

/** A file as an item. `parent` is the conversation that it is known to hang from. Throws `not_found`. */
export async function describeFile(ctx: SlackContext, channel: Channel, id: string, parent?: string) {
  const { file, shares, shared } = await askFile(ctx, id, channel);
  if (shared.length > 0 && !shared.includes(channel.id) && file.has_more_shares !== true)
    throw notShared(file, channel);
  const [share] = shares[channel.id] ?? [];
  const root = share?.thread_ts ?? share?.ts;
  const item = fileItem(channel, file, parent ?? (root === undefined ? channel.id : `${channel.id}/${root}`));
  const author = file.user === undefined ? undefined : await personOf(ctx, file.user);
  if (author !== undefined) item.authors = [`user:${author.email ?? file.user}`];
  return { file, item };
}

/** A file with its bytes. */
export async function fetchFile(ctx: SlackContext, channel: Channel, id: string, parent?: string): Promise<Fetched> {
  const { file, item } = await describeFile(ctx, channel, id, parent);
  const realm = fileRealm(ctx, channel);
  const url = file.url_private_download ?? file.url_private;
  if (url === undefined || file.mode === "tombstone")
    throw new ConnectorError(
      "not_found",
      `The file "${item.title.slice(0, 80)}" is not kept in Slack, or was deleted.`,
    );
  if (isCanvas(file)) {
    const content = await canvasContent(ctx, url, realm, item.title);
    if (content === undefined) throw signInPage();
    return { item, content };
  }
  const answer = await ctx.http.stream({ url, bucket: "files", ...(realm !== undefined && { realm }) });
  const mime = file.mimetype ?? "application/octet-stream";
  if (answer.headers.get("content-type")?.startsWith("text/html") && mime !== "text/html") {
    answer.body.destroy();
    throw signInPage();
  }
  return { item, content: { stream: answer.body, mime, name: file.name ?? item.title } };
}

/** Who may read a channel may not therefore read what lies in another one. */
function notShared(file: File, channel: Channel): ConnectorError {
  return new ConnectorError("not_found", `"${nameOf(file).slice(0, 80)}" is not shared in ${calledOf(channel)}.`);
}

function signInPage(): ConnectorError {
  const { kind, message, ...detail } = missingScope("files:read");
  return new ConnectorError(kind, `Slack showed a page to sign in instead of a file. ${message}`, detail);
}
