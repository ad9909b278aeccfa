import type { ImapFlow, MailboxObject } from "imapflow";
import type { Connection } from "./connection.ts";
import { usesQresync } from "./connection.ts";
import type { FolderState } from "./cursor.ts";
import type { ImapConfig } from "./options.ts";
import { UidSet } from "./uid-set.ts";

/** What became of a folder since it was last equal. */
export interface Look {
  /** Not met before. */
  news: UidSet;
  /** Met before, and marked otherwise now. */
  changed: UidSet;
  gone: UidSet;
  /** The folder as it was looked at. */
  seen: { next: number; messages: number };
  modseq: string | undefined;
  marks?: Record<string, string>;
  /** The server contradicts itself about what is there: nothing is taken for removed. */
  doubtful: boolean;
}

/** What a message may be marked with that is worth a new look, where the server keeps no mod-sequences. */
const MARKS = { unseen: { seen: false }, flagged: { flagged: true }, answered: { answered: true } } as const;

/**
 * Compares an open folder with what is known of it. With mod-sequences one question tells what is new and what changed,
 * with QRESYNC also what is gone; the number of messages then proves that nothing was missed. Else all UIDs are asked for,
 * which servers answer in a few bytes.
 */
export async function lookAt(
  { flow, connection }: { flow: ImapFlow; connection: Connection },
  box: MailboxObject,
  state: FolderState,
  config: ImapConfig,
): Promise<Look> {
  const known = UidSet.parse(state.have).with(UidSet.parse(state.left ?? ""));
  const keepsCount = flow.enabled.has("CONDSTORE") && box.noModseq !== true && box.highestModseq !== undefined;
  const modseq = keepsCount ? String(box.highestModseq) : undefined;
  const told =
    keepsCount && state.modseq !== undefined
      ? await changesSince(flow, connection, state.modseq, known)
      : { news: undefined, changed: UidSet.empty, gone: UidSet.empty };
  const trusted = flow.enabled.has("QRESYNC") && usesQresync(config);
  const counted = known.size + (told.news?.size ?? 0) - (trusted ? told.gone.size : 0);
  const seen = { next: box.uidNext, messages: box.exists };
  if (told.news !== undefined && counted === box.exists)
    return {
      news: told.news,
      changed: told.changed,
      gone: trusted ? told.gone : UidSet.empty,
      seen,
      modseq,
      doubtful: false,
    };
  const { all, doubtful } = await allUids(flow, box);
  const marks = keepsCount ? undefined : await marksOf(flow);
  return {
    news: all.without(known),
    changed: keepsCount
      ? told.changed.and(all)
      : remarked(state.marks, marks ?? {})
          .and(all)
          .and(known),
    gone: doubtful ? UidSet.empty : known.without(all),
    seen: { next: box.uidNext, messages: all.size },
    modseq,
    ...(marks !== undefined && { marks }),
    doubtful,
  };
}

async function changesSince(flow: ImapFlow, connection: Connection, modseq: string, known: UidSet) {
  const gone: number[] = [];
  const [fresh, changed]: [number[], number[]] = [[], []];
  connection.onVanished = (uid) => gone.push(uid);
  try {
    for await (const { uid } of flow.fetch(
      "1:*",
      { uid: true, flags: true },
      { uid: true, changedSince: BigInt(modseq) },
    ))
      (known.has(uid) ? changed : fresh).push(uid);
  } finally {
    connection.onVanished = undefined;
  }
  return { news: UidSet.of(fresh), changed: UidSet.of(changed), gone: UidSet.of(gone).and(known) };
}

/** Every UID of the folder, asked for again when their number is not that of the messages: some came or went meanwhile. */
async function allUids(flow: ImapFlow, box: MailboxObject): Promise<{ all: UidSet; doubtful: boolean }> {
  for (let again = false; ; again = true) {
    const all = await searched(flow, { all: true });
    const exists = flow.mailbox ? flow.mailbox.exists : box.exists;
    if (all.size === exists || again) return { all, doubtful: all.size !== exists };
    await flow.noop();
  }
}

/** As ranges where the server can (ESEARCH, RFC 4731), else one by one. */
export async function searched(flow: ImapFlow, query: Parameters<ImapFlow["search"]>[0]): Promise<UidSet> {
  if (flow.capabilities.has("ESEARCH")) {
    const found = await flow.search(query, { uid: true, returnOptions: ["ALL"] });
    if (found && !Array.isArray(found)) return UidSet.parse(found.all ?? "");
  }
  const found = await flow.search(query, { uid: true });
  return UidSet.of(Array.isArray(found) ? found : []);
}

async function marksOf(flow: ImapFlow): Promise<Record<string, string>> {
  const marks: Record<string, string> = {};
  for (const [name, query] of Object.entries(MARKS)) marks[name] = (await searched(flow, query)).toString();
  return marks;
}

function remarked(before: Record<string, string> | undefined, now: Record<string, string>): UidSet {
  if (before === undefined) return UidSet.empty;
  return Object.keys(MARKS).reduce((all, name) => {
    const [old, fresh] = [UidSet.parse(before[name] ?? ""), UidSet.parse(now[name] ?? "")];
    return all.with(old.without(fresh)).with(fresh.without(old));
  }, UidSet.empty);
}
