import { ConnectorError } from "../kit/index.ts";

/** Where a message lies: RFC 9051 §2.3.1 names it for ever by these three. */
export interface MessagePlace {
  folder: string;
  validity: string;
  uid: number;
}

/** `INBOX/1732200000/4711`: folder, UIDVALIDITY, UID; behind it `#2` for the second attachment. */
const ID = /^(.+)\/(\d{1,20})\/(\d{1,10})(?:#(\d{1,3}))?$/s;

export function idOf({ folder, validity, uid }: MessagePlace): string {
  return `${folder}/${validity}/${uid}`;
}

/** Throws `not_found` for what is no id of a message. */
export function placeOf(id: string): MessagePlace & { attachment?: number } {
  const found = ID.exec(id);
  if (found === null)
    throw new ConnectorError("not_found", `${JSON.stringify(id)} names no message of a mailbox.`, {
      hint: "Ids of mail look like INBOX/1732200000/4711. Search for the mail to get its id.",
    });
  const [, folder, validity, uid, attachment] = found;
  return {
    folder: folder as string,
    validity: validity as string,
    uid: Number(uid),
    ...(attachment !== undefined && { attachment: Number(attachment) }),
  };
}
