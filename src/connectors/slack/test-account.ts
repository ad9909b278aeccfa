import { z } from "zod";
import { ConnectorError, type TestAnswer } from "../kit/index.ts";
import { call, type SlackContext } from "./api.ts";
import { APP, hasUser, scopesOf, USER } from "./auth.ts";
import { followedChannels } from "./channels.ts";
import { missingScope } from "./explain.ts";
import { isPaced } from "./history.ts";
import { askIdentity, type Identity } from "./identity.ts";
import { calledOf } from "./items.ts";
import { type Channel, ok } from "./schema.ts";
import { workspacesOf } from "./workspaces.ts";

const SHOWN = 5;
const Opened = ok({ url: z.string() });
const Page = ok({ messages: z.array(z.unknown()), has_more: z.boolean().nullish() });
/** What each scope is for. */
const PURPOSES: Readonly<Record<string, string>> = {
  "channels:read": "Names of public channels",
  "channels:history": "Messages of public channels",
  "groups:read": "Names of private channels",
  "groups:history": "Messages of private channels",
  "im:read": "Who direct messages are with",
  "im:history": "Direct messages",
  "mpim:read": "Who is in group messages",
  "mpim:history": "Group messages",
  "users:read": "Names of people (their ids are shown instead)",
  "users:read.email": "Addresses of people, by which they are the same in other sources",
  "usergroups:read": "Names of groups (their ids are shown instead)",
  "files:read": "Files",
  "search:read": "Slack's own search",
  "team:read": "Addresses of the organization's workspaces",
};

type Findings = Required<TestAnswer>;

/** Who the tokens are, what they may read, what they may not and how to change that. */
export async function testAccount(ctx: SlackContext): Promise<TestAnswer> {
  const identity = await askIdentity(ctx);
  const found: Findings = { account: accountOf(identity), granted: [], missing: [], limits: [], warnings: [] };
  await lookAtWorkspaces(ctx, identity, found);
  lookAtEnd(ctx, identity, found);
  await lookAtScopes(ctx, identity, found);
  const channels = await lookAtChannels(ctx, found);
  await lookAtPace(ctx, channels, found);
  await lookAtSocket(ctx, found);
  return found;
}

function accountOf({ user, team, isBot, url }: Identity): string {
  return `${user}${isBot ? " (app)" : ""} in ${team} (${new URL(url).host})`;
}

/** Of an organization: where the app was added. Without that its token reads nothing. */
async function lookAtWorkspaces(ctx: SlackContext, { isOrganization, team }: Identity, found: Findings): Promise<void> {
  if (!isOrganization) return;
  const names = (await workspacesOf(ctx)).map(({ name }) => name);
  const shown = names.slice(0, SHOWN).join(", ");
  const rest = names.length - SHOWN;
  if (names.length > 0)
    found.granted.push(`${plural(names.length, "workspace")}: ${shown}${rest > 0 ? ` and ${rest} more` : ""}`);
  else
    found.missing.push({
      what: "Workspaces",
      why: `The app was installed for the organization ${team}, but added to none of its workspaces.`,
      how: "Ask an administrator of the organization to add it: Organization settings, Integrations, Installed apps.",
    });
}

/** A token that was pasted and rotates cannot be renewed: only a login is. */
function lookAtEnd({ config }: SlackContext, { endsAt, isBot }: Identity, found: Findings): void {
  const isPasted = config.botToken !== undefined || config.userToken !== undefined;
  if (endsAt === undefined || !isPasted) return;
  const at = endsAt.toISOString().slice(0, 16).replace("T", " ");
  found.warnings.push(
    `${isBot ? "botToken" : "userToken"} ends on ${at} UTC: its app rotates tokens, and one that was pasted cannot be renewed. ` +
      "Make an app without token rotation, whose tokens stay, or log in with clientId.",
  );
}

async function lookAtScopes(ctx: SlackContext, identity: Identity, found: Findings): Promise<void> {
  const { config } = ctx;
  const person = hasUser(config) && config.botToken !== undefined ? await askIdentity(ctx, USER) : undefined;
  const searcher = person ?? identity;
  if (person !== undefined)
    found.granted.push(`as ${person.user}: ${config.includeDms ? "direct messages, " : ""}Slack's own search`);
  if (person !== undefined && person.teamId !== identity.teamId)
    found.warnings.push(`botToken and userToken belong to two workspaces: ${identity.team} and ${person.team}.`);
  const needed = [
    ...scopesOf(config),
    ...(config.autoJoin ? ["channels:join"] : []),
    ...(hasUser(config) && !searcher.scopes.includes("search:read.public") ? ["search:read"] : []),
    ...(identity.isOrganization ? ["team:read"] : []),
  ];
  for (const scope of needed) {
    const isPersonal = person !== undefined && /^(?:im|mpim|search):/.test(scope);
    const { scopes } = isPersonal ? person : identity;
    if (scopes.length === 0 || scopes.includes(scope)) continue;
    const { message, hint } = missingScope(scope);
    found.missing.push({ what: PURPOSES[scope] ?? `What ${scope} is for`, why: message, how: hint ?? "" });
  }
}

async function lookAtChannels(ctx: SlackContext, found: Findings): Promise<Channel[]> {
  const channels = await followedChannels(ctx);
  const known = new Set(found.missing.map(({ why }) => why));
  for (const { name, error } of ctx.api.missed)
    if (!known.has(error.message))
      found.missing.push({ what: name, why: error.message, how: error.hint ?? "Take it out of the options." });
  const readable = channels.filter((channel) => channel.is_member !== false || ctx.config.botToken === undefined);
  for (const channel of readable.slice(0, SHOWN)) found.granted.push(titled(channel));
  const rest = readable.length - SHOWN;
  if (rest > 0) found.granted.push(plural(rest, "more channel"));
  for (const channel of channels.filter((one) => !readable.includes(one)))
    found.missing.push({
      what: calledOf(channel),
      why: "The app is not in this channel.",
      how: `In Slack, write there: /invite @ and the app's name.`,
    });
  if (channels.length === 0 && found.missing.length === 0) found.missing.push(nowhere(ctx));
  return readable;
}

function titled(channel: Channel): string {
  const kind = channel.is_im || channel.is_mpim ? "" : channel.is_private ? " (private)" : " (public)";
  return `${calledOf(channel)}${kind}${channel.is_archived ? ", archived" : ""}`;
}

function nowhere(ctx: SlackContext) {
  const how =
    ctx.config.botToken === undefined
      ? "Join some in Slack, or name public ones in channels."
      : "In Slack, write in each channel: /invite @ and the app's name.";
  return { what: "Channels", why: "The options and the token together lead to no channel.", how };
}

/** One small question shows whether Slack cuts answers for apps that are sold outside its Marketplace. */
async function lookAtPace(ctx: SlackContext, channels: readonly Channel[], found: Findings): Promise<void> {
  const [channel] = channels.filter(({ is_im, is_mpim }) => !is_im && !is_mpim);
  if (channel !== undefined && !isPaced(ctx)) {
    try {
      const query = { channel: channel.id, limit: 16 };
      const { messages, has_more } = (await call(ctx, "conversations.history", query, Page, { bucket: "history" }))
        .body;
      if (messages.length === 15 && has_more === true) ctx.api.isPaced = true;
    } catch (thrown) {
      const error = ConnectorError.from(thrown);
      if (error.kind !== "permission" && error.kind !== "not_found") throw error;
      if (!found.missing.some(({ why }) => why === error.message))
        found.missing.push({ what: `Messages of ${calledOf(channel)}`, why: error.message, how: error.hint ?? "" });
    }
  }
  if (!isPaced(ctx)) {
    found.limits.push("about 50 questions a minute of each kind, 999 messages each; every thread is a question");
    return;
  }
  const hours = Math.ceil((channels.length * ctx.config.maxMessagesPerChannel) / 15 / 60);
  found.limits.push("one question a minute, 15 messages each");
  found.warnings.push(
    `Slack treats this app as one that is sold outside its Marketplace: the first sync can take up to ${hours} hours. ` +
      "An app of your own, made at https://api.slack.com/apps and installed in your workspace only, may ask fifty times a minute.",
  );
}

async function lookAtSocket(ctx: SlackContext, found: Findings): Promise<void> {
  if (ctx.config.appToken === undefined) return;
  try {
    const request = {
      url: "/apps.connections.open",
      method: "POST",
      reads: true,
      realm: APP,
      bucket: "socket",
    } as const;
    await ctx.http.json(request, Opened);
    found.granted.push("news at once, through Socket Mode");
  } catch (thrown) {
    const error = ConnectorError.from(thrown);
    if (error.kind === "cancelled" || error.kind === "unavailable" || error.kind === "rate_limited") throw error;
    found.missing.push({
      what: "News at once (Socket Mode)",
      why: error.message,
      how: "Make an app-level token with connections:write under Basic Information, and switch Socket Mode on.",
    });
  }
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
