import { z } from "zod";
import { ConnectorError, type Fetched } from "../kit/index.ts";
import { call, realmOf, type SlackContext } from "./api.ts";
import { hasUser, USER } from "./auth.ts";
import { missingScope } from "./explain.ts";
import { fileItem } from "./items.ts";
import { personOf } from "./people.ts";
import { type Channel, File, ok } from "./schema.ts";

const Shares = z
  .record(z.string(), z.array(z.object({ ts: z.string(), thread_ts: z.string().nullish() })).catch([]))
  .nullish()
  .catch(undefined);
const Shared = File.extend({
  channels: z.array(z.string()).nullish().catch(undefined),
  groups: z.array(z.string()).nullish().catch(undefined),
  ims: z.array(z.string()).nullish().catch(undefined),
  shares: z.object({ public: Shares, private: Shares }).nullish().catch(undefined),
});
const Info = ok({ file: Shared });

/** A file as it is now, and the channels it was shared in. Its address is good for this moment. */
export async function askFile(ctx: SlackContext, id: string, realm?: string) {
  const { file } = (await call(ctx, "files.info", { file: id }, Info, { bucket: "fileInfo", realm })).body;
  const shares = { ...file.shares?.public, ...file.shares?.private };
  const shared = [
    ...new Set([...Object.keys(shares), ...(file.channels ?? []), ...(file.groups ?? []), ...(file.ims ?? [])]),
  ];
  return { file, shared, shares };
}

/** A file with its bytes. `parent` is the conversation that it is known to hang from. */
export async function fetchFile(
  ctx: SlackContext,
  channel: Channel,
  id: string,
  parent: string | undefined,
): Promise<Fetched> {
  const realm = realmOf(ctx, channel) ?? (ctx.config.botToken === undefined && hasUser(ctx.config) ? USER : undefined);
  const { file, shares } = await askFile(ctx, id, realm);
  const [share] = shares[channel.id] ?? [];
  const root = share?.thread_ts ?? share?.ts;
  const item = fileItem(channel, file, parent ?? (root === undefined ? channel.id : `${channel.id}/${root}`));
  const author = file.user === undefined ? undefined : await personOf(ctx, file.user);
  if (author !== undefined) item.authors = [`user:${author.email ?? file.user}`];
  const url = file.url_private_download ?? file.url_private;
  if (url === undefined || file.mode === "tombstone")
    throw new ConnectorError(
      "not_found",
      `The file "${item.title.slice(0, 80)}" is not kept in Slack, or was deleted.`,
    );
  const answer = await ctx.http.stream({ url, bucket: "files", ...(realm !== undefined && { realm }) });
  const mime = file.mimetype ?? "application/octet-stream";
  if (answer.headers.get("content-type")?.startsWith("text/html") && mime !== "text/html") {
    answer.body.destroy();
    const { kind, message, ...detail } = missingScope("files:read");
    throw new ConnectorError(kind, `Slack showed a page to sign in instead of a file. ${message}`, detail);
  }
  return { item, content: { stream: answer.body, mime, name: file.name ?? item.title } };
}
