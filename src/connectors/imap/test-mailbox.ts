import type { TestAnswer } from "../kit/index.ts";
import type { Ctx } from "./api.ts";
import { usesQresync } from "./connection.ts";
import { type Folder, listFolders } from "./folders.ts";
import { renumberedOften } from "./renumbered.ts";

const MOST_NAMED = 12;

/** What of a server's abilities matters here, with what is done where it lacks. */
const ABILITIES: readonly [string, string][] = [
  ["CONDSTORE", "changes of flags are found by searching, which takes a little longer"],
  ["IDLE", "news is asked for every two minutes"],
];

/** Who signed in where, which folders are followed with how much mail, and what the server can. */
export async function testMailbox(ctx: Ctx): Promise<TestAnswer> {
  const { config } = ctx;
  return ctx.api.use(ctx, async (flow) => {
    const { followed, there } = await listFolders(flow, config);
    const has = (name: string) => flow.capabilities.has(name);
    const known = [
      "CONDSTORE",
      "QRESYNC",
      "IDLE",
      "MOVE",
      "SPECIAL-USE",
      "ESEARCH",
      "LIST-STATUS",
      "OBJECTID",
      "X-GM-EXT-1",
      "UTF8=ACCEPT",
    ];
    const server = flow.serverInfo?.name ? ` (${String(flow.serverInfo.name).slice(0, 40)})` : "";
    const first = followed[0];
    const missing = config.folders.filter((word) => !/[*%]/.test(word) && !followed.some((one) => isNamed(word, one)));
    return {
      account: `${config.username} at ${config.host}${server}`,
      granted: followed.map(
        ({ path, status }) => `${path}${status?.messages === undefined ? "" : ` (${counted(status.messages)})`}`,
      ),
      missing: missing.map((word) => ({
        what: `Folder ${word}`,
        why: there.has(word) ? "It is among excludeFolders." : "The mailbox has no such folder.",
        how: `Folders there are: ${[...there].slice(0, 30).join(", ")}.`,
      })),
      limits: [
        reach(ctx),
        ...leftOut(there, followed),
        `The server knows ${known.filter(has).join(", ") || "none of the extensions that matter here"}.`,
        ...(config.idle
          ? [`News of ${first?.path ?? "nothing"} comes at once; other folders are looked at by the schedule.`]
          : []),
      ],
      warnings: [
        ...ABILITIES.filter(([name]) => !has(name)).map(([name, so]) => `The server lacks ${name}: ${so}.`),
        ...(has("QRESYNC") && !usesQresync(config)
          ? ["What this server says of removed mail (QRESYNC) is not relied on."]
          : []),
        ...(config.useSsl || config.startTls ? [] : ["The connection is not encrypted; it stays on this machine."]),
        ...(await renumberedOften(ctx)),
        ...(config.tlsRejectUnauthorized ? [] : ["The server's certificate is not checked."]),
      ],
    };
  });
}

function isNamed(
  word: string,
  { path, role, labels }: { path: string; role: string | undefined; labels?: ReadonlyMap<string, string> },
): boolean {
  const same = (name: string | undefined) => name?.toLowerCase() === word.toLowerCase();
  return same(path) || same(role) || [...(labels?.values() ?? [])].some(same);
}

function counted(messages: number): string {
  return messages === 1 ? "1 message" : `${messages} messages`;
}

/** What else there is: nobody misses mail in a folder that they forgot. */
function leftOut(there: ReadonlySet<string>, followed: readonly Folder[]): string[] {
  const taken = new Set(followed.flatMap(({ path, labels }) => [path, ...(labels?.values() ?? [])]));
  const others = [...there].filter((path) => !taken.has(path));
  if (others.length === 0) return [];
  const more = others.length > MOST_NAMED ? ` and ${others.length - MOST_NAMED} more` : "";
  return [
    `Not followed: ${others.slice(0, MOST_NAMED).join(", ")}${more}. Name them in folders, or take all with folders: ["*"].`,
  ];
}

function reach({ config }: Ctx): string {
  const { maxEmails, daysToSync } = config;
  if (maxEmails === 0 && daysToSync === 0) return "All mail of these folders is taken.";
  const newest = maxEmails === 0 ? "mail" : `the newest ${maxEmails} messages of each folder`;
  const age = daysToSync === 0 ? "" : ` of the last ${daysToSync} days`;
  return `To begin with, ${newest}${age} are taken, and all that comes later. For everything: maxEmails: 0, daysToSync: 0.`;
}
