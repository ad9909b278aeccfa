import { type Address, addressParser } from "postal-mime";
import type { Mailbox } from "./mail-message.ts";

const ATOM = '[^\\s<>@,;:()"\\\\=]+';
const BARE = new RegExp(`^${ATOM}@${ATOM}$`);
const NAMED = new RegExp(`^(?:"([^"\\\\<>@=]{1,200})"|([^<>@,;:()"\\\\=]{1,200}?)) ?<(${ATOM}@${ATOM})>$`);

/** The mailboxes of an address header, members of groups among them. */
export function readMailboxes(written: string | undefined): Mailbox[] {
  if (written === undefined || written === "") return [];
  return usual(written) ?? addressParser(written).flatMap(mailboxesOf);
}

/** The first mailbox of a header, or the members of the group that stands first. */
export function readFirstMailbox(written: string | undefined): Mailbox[] {
  if (written === undefined || written === "") return [];
  const [first] = usual(written) ?? [];
  if (first !== undefined) return [first];
  const [address] = addressParser(written);
  return address === undefined ? [] : mailboxesOf(address);
}

/** Members of a group, or the mailbox itself. */
export function mailboxesOf(address: Address): Mailbox[] {
  if (address.group !== undefined) return address.group.map(({ name, address: at }) => ({ name, address: at }));
  return [{ name: address.name, address: address.address }];
}

/** Undefined where anything but names in ASCII and plain addresses stands there. */
function usual(written: string): Mailbox[] | undefined {
  if (written.length > 2_000) return undefined;
  const found: Mailbox[] = [];
  for (const one of written.includes('"') ? [written] : written.split(",")) {
    const text = one.trim();
    if (BARE.test(text)) {
      found.push({ name: "", address: text });
      continue;
    }
    const named = NAMED.exec(text);
    if (named === null) return undefined;
    found.push({ name: (named[1] ?? named[2] ?? "").trim(), address: named[3] as string });
  }
  return found;
}
