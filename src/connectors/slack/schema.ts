import { z } from "zod";

/** What Slack sends, only the fields that are read. https://docs.slack.dev/reference, 2026-11. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const list = <T extends z.ZodType>(of: T) =>
  z
    .array(of)
    .nullish()
    .transform((value) => value ?? []);

/** A timestamp is a name, not a number: six decimals, compared as text. */
export const Ts = z.string().regex(/^\d{1,12}\.\d{6}$/);

export const File = z.object({
  id: z.string().min(1),
  name: text,
  title: text,
  mimetype: text,
  filetype: text,
  mode: text,
  size: z.number().nullish(),
  user: text,
  created: z.number().nullish(),
  updated: z.number().nullish(),
  permalink: text,
  url_private: text,
  url_private_download: text,
  is_external: z.boolean().nullish(),
  external_url: text,
  linked_channel_id: text,
});
export type File = z.output<typeof File>;

const Field = z.object({ title: text, value: text });
export const Attachment = z.object({
  fallback: text,
  pretext: text,
  author_name: text,
  title: text,
  title_link: text,
  text,
  footer: text,
  from_url: text,
  image_url: text,
  fields: list(Field).catch([]),
  blocks: list(z.unknown()).catch([]),
  is_msg_unfurl: z.boolean().nullish(),
});
export type Attachment = z.output<typeof Attachment>;

export const Message = z.object({
  ts: Ts,
  subtype: text,
  text: z
    .string()
    .nullish()
    .transform((value) => value ?? ""),
  user: text,
  username: text,
  bot_id: text,
  bot_profile: z.object({ name: text }).nullish().catch(undefined),
  user_profile: z.object({ real_name: text, display_name: text }).nullish().catch(undefined),
  thread_ts: Ts.nullish().transform((value) => value ?? undefined),
  reply_count: z.number().int().nullish(),
  latest_reply: text,
  edited: z.object({ ts: z.string() }).nullish().catch(undefined),
  reactions: list(z.object({ name: z.string(), count: z.number().int() })).catch([]),
  files: list(File).catch([]),
  attachments: list(Attachment).catch([]),
  blocks: list(z.unknown()).catch([]),
});
export type Message = z.output<typeof Message>;

const Said = z.object({ value: text }).nullish().catch(undefined);
export const Channel = z.object({
  id: z.string().min(1),
  name: text,
  is_im: z.boolean().nullish(),
  is_mpim: z.boolean().nullish(),
  is_private: z.boolean().nullish(),
  is_archived: z.boolean().nullish(),
  is_member: z.boolean().nullish(),
  is_ext_shared: z.boolean().nullish(),
  user: text,
  created: z.number().nullish(),
  topic: Said,
  purpose: Said,
  previous_names: list(z.string()).catch([]),
  context_team_id: text,
  shared_team_ids: list(z.string()).catch([]),
});
export type Channel = z.output<typeof Channel>;

export const User = z.object({
  id: z.string(),
  name: text,
  real_name: text,
  deleted: z.boolean().nullish(),
  is_bot: z.boolean().nullish(),
  is_restricted: z.boolean().nullish(),
  is_ultra_restricted: z.boolean().nullish(),
  profile: z.object({ display_name: text, real_name: text, email: text }).nullish().catch(undefined),
});
export type User = z.output<typeof User>;

const Next = z
  .object({ next_cursor: text })
  .nullish()
  .catch(undefined)
  .transform((value) => value?.next_cursor || undefined);

/** Every answer says `ok`; one that does not is a refusal and goes to `explain`. */
export const ok = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => z.object({ ok: z.literal(true), ...shape });
export const paged = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => ok({ response_metadata: Next, ...shape });

export const Refusal = z.object({
  ok: z.literal(false),
  error: z.string(),
  needed: z.string().optional().catch(undefined),
  provided: z.string().optional().catch(undefined),
});
