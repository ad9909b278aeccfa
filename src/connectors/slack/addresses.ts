import type { Identity } from "./identity.ts";
import { isReply } from "./taken.ts";

/** As Slack itself makes them (chat.getPermalink), without asking. */
export function messageUrl(
  { url }: Identity,
  channel: string,
  message: { ts: string; thread_ts?: string | undefined },
): string {
  const address = `${channelUrl({ url }, channel)}/p${message.ts.replace(".", "")}`;
  return isReply(message) ? `${address}?thread_ts=${message.thread_ts}&cid=${channel}` : address;
}

export function channelUrl({ url }: Pick<Identity, "url">, channel: string): string {
  return `${url}archives/${channel}`;
}

/** An address that leads into a workspace, such as https://weirworks.slack.com/, and the id of that workspace. */
export interface Site {
  url: string;
  teamId: string;
}

export interface Place {
  channel?: string;
  ts?: string;
  /** The root of the conversation, where the address names it. */
  thread?: string;
  file?: string;
}

const DIGITS = /^p?(\d{10})(\d{6})$/;
const TS = /^\d{10}\.\d{6}$/;

/** What an address of a workspace leads to; undefined when it is none of these. */
export function placeOf(text: string, sites: readonly Site[]): Place | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const parts = url.pathname.split("/").filter((part) => part !== "");
  const query = (name: string) => url.searchParams.get(name) ?? undefined;
  const isTeam = (id: string | undefined) => sites.some(({ teamId }) => teamId === id);
  if (url.protocol === "slack:")
    return isTeam(query("team")) ? within(query("id"), query("message"), query("thread_ts")) : undefined;
  if (!/^https?:$/.test(url.protocol)) return undefined;
  if (url.host === "app.slack.com" && parts[0] === "client")
    return isTeam(parts[1]) ? clientPlace(parts.slice(2)) : undefined;
  if (url.host === "files.slack.com") {
    const file = /^T\w+-(F[A-Z0-9]+)$/i.exec(parts[1] ?? "")?.[1];
    return file !== undefined && isTeam(parts[1]?.split("-")[0]) ? { file } : undefined;
  }
  if (!sites.some((site) => url.host === new URL(site.url).host)) return undefined;
  if (parts[0] === "archives" || parts[0] === "messages")
    return within(query("cid") ?? parts[1], parts[2], query("thread_ts"));
  if (parts[0] === "files" && parts[2] !== undefined) return { file: parts[2] };
  if (parts[0] === "docs" && parts[2] !== undefined) return { file: parts[2] };
  if (parts[0] === "app_redirect") return within(query("channel"), query("message_ts"), query("thread_ts"));
  return undefined;
}

/** `C01/thread/C01-1700000000.000100`, as the browser shows it. */
function clientPlace([channel, kind, key]: string[]): Place | undefined {
  const thread = kind === "thread" ? /-(\d{10}\.\d{6})$/.exec(key ?? "")?.[1] : undefined;
  if (kind === "p" || DIGITS.test(kind ?? "")) return within(channel, kind, undefined);
  return within(channel, thread, undefined);
}

function within(
  channel: string | undefined,
  written: string | undefined,
  thread: string | undefined,
): Place | undefined {
  if (channel === undefined || !/^[CDG][A-Z0-9]{2,}$/.test(channel)) return undefined;
  const [, seconds, part] = DIGITS.exec(written ?? "") ?? [];
  const ts = seconds !== undefined ? `${seconds}.${part}` : TS.test(written ?? "") ? written : undefined;
  if (ts === undefined) return { channel };
  return { channel, ts, ...(thread !== undefined && TS.test(thread) && { thread }) };
}
