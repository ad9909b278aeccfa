/** A name and an address of a header; the address may be empty. */
export interface Mailbox {
  name: string;
  address: string;
}

/** A part of a mail that is not its text. */
export interface MailAttachment {
  name: string | undefined;
  mime: string;
  /** Decoded, or nearly so where decoding it was not worth the while. */
  bytes: number;
  /** Shown inside the HTML, such as a logo. */
  related: boolean;
  disposition: string | undefined;
  /** Of an invitation: REQUEST, REPLY, CANCEL. */
  method?: string;
  /** Still at the service: `content` is empty. */
  distant?: boolean;
  /** The decoded bytes. */
  content(): Uint8Array;
}

/** A mail, its parts told apart and decoded. Header values are unfolded, encoded words are decoded. */
export interface MailMessage {
  from: Mailbox[];
  to: Mailbox[];
  cc: Mailbox[];
  bcc: Mailbox[];
  subject: string | undefined;
  /** ISO 8601 in UTC, or what the header says where that is no date. */
  date: string | undefined;
  messageId: string | undefined;
  inReplyTo: string | undefined;
  references: string | undefined;
  /** Other headers, the first of each name, undecoded. */
  header(name: string): string | undefined;
  /** How many headers it has. */
  headers: number;
  text: string | undefined;
  html: string | undefined;
  attachments: MailAttachment[];
}
