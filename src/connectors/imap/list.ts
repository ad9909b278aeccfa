import { ConnectorError, type Draft, type Entry } from "../kit/index.ts";
import { MOST_ATTACHMENTS } from "../kit/mail/index.ts";
import type { Ctx } from "./api.ts";
import { listFolders } from "./folders.ts";
import { idOf, placeOf } from "./ids.ts";
import { searched } from "./look.ts";
import { readMessages } from "./read-messages.ts";
import { windowOf } from "./window.ts";

const AT_ONCE = 100;

/** The folders that are followed; inside one its mail with attachments, the newest first. */
export async function* listMail(ctx: Ctx, parent?: string): AsyncGenerator<Entry> {
  const { followed } = await ctx.api.use(ctx, (flow) => listFolders(flow, ctx.config));
  if (parent === undefined) {
    for (const { path, role, labels } of followed) {
      const name = labels === undefined ? path : `${path} (${[...labels.values()].join(", ")})`;
      yield {
        id: path,
        name,
        holds: "items",
        ...(role !== undefined && { kind: role.replace(/^\\/, "").toLowerCase() }),
      };
    }
    return;
  }
  const folder = followed.find(({ path }) => path === parent);
  if (folder === undefined)
    throw new ConnectorError("not_found", `${ctx.source} follows no folder ${JSON.stringify(parent)}.`, {
      hint: `Its folders: ${followed.map(({ path }) => path).join(", ")}.`,
    });
  let left = await ctx.api.inFolder(ctx, parent, async (flow) =>
    windowOf(ctx, flow, await searched(flow, { all: true }), undefined),
  );
  while (left.size > 0) {
    const uids = left.newest(AT_ONCE);
    left = left.without(uids);
    const { upserts } = await ctx.api.inFolder(ctx, parent, (flow, box) =>
      readMessages(ctx, flow, { folder, box, uids, since: undefined }),
    );
    for (const { id, title, kind, updatedAt, body, url } of newestFirst(upserts))
      yield {
        id,
        name: title,
        kind,
        holds: "nothing",
        ...(url !== undefined && { url }),
        ...(updatedAt !== undefined && { updatedAt }),
        ...(body?.bytes !== undefined && { bytes: body.bytes }),
      };
  }
}

/** Servers answer in an order of their own. What is attached to a mail stays behind it. */
function newestFirst(drafts: readonly Draft[]): Draft[] {
  const mails: Draft[][] = [];
  for (const draft of drafts) {
    if (draft.kind === "attachment") mails.at(-1)?.push(draft);
    else mails.push([draft]);
  }
  const uidOf = ([mail]: Draft[]) => placeOf(mail?.id ?? "").uid;
  return mails.sort((left, right) => uidOf(right) - uidOf(left)).flat();
}

/** Ids of all mail, by folder; attachments by their numbers, of which those that are none cost nothing. */
export async function* idsOfMail(ctx: Ctx): AsyncGenerator<string[]> {
  const { followed } = await ctx.api.use(ctx, (flow) => listFolders(flow, ctx.config));
  for (const folder of followed) {
    const { validity, uids } = await ctx.api.inFolder(ctx, folder.path, async (flow, box) => ({
      validity: String(box.uidValidity),
      uids: await searched(flow, { all: true }),
    }));
    for (let left = uids; left.size > 0; ) {
      const some = left.newest(AT_ONCE);
      left = left.without(some);
      yield [...some].flatMap((uid) => idsOf(idOf({ folder: folder.path, validity, uid })));
    }
  }
}

function idsOf(id: string): string[] {
  return [id, ...Array.from({ length: MOST_ATTACHMENTS }, (_, at) => `${id}#${at + 1}`)];
}
