/** A mail to be written, with what most mails have. */
export interface Letter {
  subject: string;
  text: string;
  from?: string;
  to?: string;
  /** In angle brackets. */
  messageId?: string;
  inReplyTo?: string;
  references?: string[];
  date?: Date;
  /** File name to words. */
  attachments?: Record<string, string>;
}

/** A header value as RFC 2047 wants it. */
export function encodedWord(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;
}

/** The mail as it travels, with CRLF. */
export function written(letter: Letter): Buffer {
  const { subject, text, from = "Marta Quill <marta@station.example>", to = "crew@station.example" } = letter;
  const head = [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${encodedWord(subject)}`,
    `Date: ${(letter.date ?? new Date()).toUTCString()}`,
    ...(letter.messageId ? [`Message-ID: ${letter.messageId}`] : []),
    ...(letter.inReplyTo ? [`In-Reply-To: ${letter.inReplyTo}`] : []),
    ...(letter.references ? [`References: ${letter.references.join("\r\n ")}`] : []),
    "MIME-Version: 1.0",
  ];
  const body = [
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    ...lines(Buffer.from(text)),
  ];
  const files = Object.entries(letter.attachments ?? {});
  if (files.length === 0) return Buffer.from([...head, ...body, ""].join("\r\n"));
  const parts = files.flatMap(([name, words]) => [
    "--edge",
    `Content-Type: text/markdown; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
    "Content-Transfer-Encoding: base64",
    "",
    ...lines(Buffer.from(words)),
  ]);
  const all = [
    ...head,
    'Content-Type: multipart/mixed; boundary="edge"',
    "",
    "--edge",
    ...body,
    ...parts,
    "--edge--",
    "",
  ];
  return Buffer.from(all.join("\r\n"));
}

function lines(bytes: Buffer): string[] {
  return bytes.toString("base64").match(/.{1,76}/g) ?? [""];
}
