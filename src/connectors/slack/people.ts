import { z } from "zod";
import { ConnectorError } from "../kit/index.ts";
import { call, remember, type SlackContext } from "./api.ts";
import { describeChannel } from "./channels.ts";
import { identityOf } from "./identity.ts";
import type { People } from "./items.ts";
import { type Message, ok, User } from "./schema.ts";
import { workspacesOf } from "./workspaces.ts";

/** Asked again after so long: people change their names. */
const KEPT_MS = 7 * 24 * 3_600_000;
const Person = z.object({ name: z.string(), email: z.string().optional(), at: z.number() });
export type Person = z.output<typeof Person>;

const Info = ok({ user: User });
const Groups = ok({ usergroups: z.array(z.object({ id: z.string(), handle: z.string(), name: z.string() })) });

/** Names of everybody and everything that messages mention, asked for where they are not known. */
export async function namesIn(
  ctx: SlackContext,
  messages: readonly Message[],
  alsoOf: readonly string[] = [],
): Promise<People> {
  const said = messages.map(({ text, blocks, attachments }) => JSON.stringify([text, blocks, attachments])).join("\n");
  const ids = (pattern: RegExp) => [...said.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? "");
  const authors = messages.flatMap(({ user }) => user ?? []);
  const written = new Map(
    messages.flatMap(({ user, user_profile: shown }) => {
      const name = shown?.real_name ?? shown?.display_name;
      return user !== undefined && name !== undefined ? [[user, name] as const] : [];
    }),
  );
  return namesOf(ctx, {
    people: [...alsoOf, ...authors, ...ids(/<@([UW]\w+)|"user_id":"([UW]\w+)"/g)],
    channels: ids(/<#([CGD]\w+)|"channel_id":"([CGD]\w+)"/g),
    hasGroups: /<!subteam\^|"usergroup_id"/.test(said),
    written,
  });
}

interface Mentioned {
  people: readonly string[];
  channels: readonly string[];
  hasGroups?: boolean;
  /** Names that came with the messages, for people who cannot be asked for. */
  written?: ReadonlyMap<string, string>;
}

/** Names of people, channels and groups by their ids, asked for where they are not known. */
export async function namesOf(ctx: SlackContext, mentioned: Mentioned): Promise<People> {
  const people = await loaded(mentioned.people, (id) => personOf(ctx, id));
  const channels = await loaded(mentioned.channels, (id) => channelName(ctx, id));
  const groups = mentioned.hasGroups === true ? await groupsOf(ctx) : undefined;
  return {
    person: (id) => (id === "USLACKBOT" ? "Slackbot" : (people.get(id)?.name ?? mentioned.written?.get(id) ?? id)),
    channel: (id) => channels.get(id) ?? id,
    group: (id) => groups?.get(id) ?? id,
    principal: (id) => `user:${people.get(id)?.email ?? id}`,
  };
}

async function loaded<T>(
  ids: readonly string[],
  load: (id: string) => Promise<T | undefined>,
): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  await Promise.all(
    [...new Set(ids)].map(async (id) => {
      const one = await load(id);
      if (one !== undefined) found.set(id, one);
    }),
  );
  return found;
}

/** Undefined where the token may not know: then the id stands for the name. */
export function personOf(ctx: SlackContext, id: string): Promise<Person | undefined> {
  const { people } = ctx.api;
  const known = people.get(id);
  if (known !== undefined) return known;
  if (id === "USLACKBOT") return Promise.resolve(undefined);
  const asked = askPerson(ctx, id);
  remember(people, id, asked);
  asked.catch(() => people.delete(id)); // a passing failure is not kept
  return asked;
}

async function askPerson(ctx: SlackContext, id: string): Promise<Person | undefined> {
  const at = ctx.clock.now().getTime();
  const kept = Person.safeParse(await ctx.memory.get(`person:${id}`)).data;
  if (kept !== undefined && Math.abs(at - kept.at) < KEPT_MS) return kept;
  if (ctx.api.peopleAreClosed) return kept;
  try {
    const { user } = (await call(ctx, "users.info", { user: id }, Info, { bucket: "people" })).body;
    const email = user.profile?.email;
    const person = { name: nameOfUser(user), at, ...(email !== undefined && { email }) };
    await ctx.memory.set(`person:${id}`, person);
    return person;
  } catch (thrown) {
    const { kind } = ConnectorError.from(thrown);
    if (kind === "permission") ctx.api.peopleAreClosed = true;
    if (kind === "permission" || kind === "not_found") return kept;
    throw thrown;
  }
}

export function nameOfUser({ id, name, real_name, profile }: User): string {
  return profile?.real_name || real_name || profile?.display_name || name || id;
}

/** After news that somebody is called otherwise. */
export async function forgetPerson(ctx: SlackContext, id: string): Promise<void> {
  ctx.api.people.delete(id);
  await ctx.memory.set(`person:${id}`, null);
}

async function channelName(ctx: SlackContext, id: string): Promise<string | undefined> {
  try {
    return (await describeChannel(ctx, id)).name;
  } catch (thrown) {
    const { kind } = ConnectorError.from(thrown);
    if (kind === "permission" || kind === "not_found" || kind === "unsupported") return undefined;
    throw thrown;
  }
}

/** Groups of people by id; none where the token may not see them. */
function groupsOf(ctx: SlackContext): Promise<ReadonlyMap<string, string>> {
  ctx.api.groups ??= askGroups(ctx).catch((error: unknown) => {
    ctx.api.groups = undefined;
    throw error;
  });
  return ctx.api.groups;
}

async function askGroups(ctx: SlackContext): Promise<ReadonlyMap<string, string>> {
  try {
    const { isOrganization } = await identityOf(ctx);
    const found = new Map<string, string>();
    for (const { teamId } of await workspacesOf(ctx)) {
      const query = { ...(isOrganization && { team_id: teamId }) };
      const { body } = await call(ctx, "usergroups.list", query, Groups, { bucket: "groups" });
      for (const { id, handle, name } of body.usergroups) found.set(id, handle || name);
    }
    return found;
  } catch (thrown) {
    const { kind } = ConnectorError.from(thrown);
    if (kind !== "permission" && kind !== "unsupported") throw thrown;
    return new Map();
  }
}
