import type { MailMessage } from "../../../extract/mail/mail-message.ts";

/** How a mail is protected, as far as it can be told without its keys. */
export interface Seal {
  /** "S/MIME" or "PGP". */
  by: string;
  /** True where the text cannot be read without a key. */
  closed: boolean;
}

/** RFC 8551 and RFC 3156, and PGP written into the text itself. */
export function sealOf(mail: MailMessage): Seal | undefined {
  const type = (mail.header("content-type") ?? "").toLowerCase();
  if (/pkcs7-mime/.test(type)) return { by: "S/MIME", closed: true };
  if (type.startsWith("multipart/encrypted")) return { by: "PGP", closed: true };
  if (type.startsWith("multipart/signed")) return { by: /pgp/.test(type) ? "PGP" : "S/MIME", closed: false };
  const text = mail.text ?? "";
  if (text.includes("-----BEGIN PGP MESSAGE-----")) return { by: "PGP", closed: true };
  return text.includes("-----BEGIN PGP SIGNED MESSAGE-----") ? { by: "PGP", closed: false } : undefined;
}

/** True where the parts of the mail are nothing but its own closed text (RFC 3156 §4). */
export function isSealed(mail: MailMessage): boolean {
  return /^\s*multipart\/encrypted/i.test(mail.header("content-type") ?? "");
}

/** A text without the armour of a signature written into it (RFC 9580 §7). */
export function withoutArmour(text: string): string {
  const start = text.indexOf("-----BEGIN PGP SIGNED MESSAGE-----");
  const end = text.indexOf("-----BEGIN PGP SIGNATURE-----", start + 1);
  if (start < 0 || end < 0) return text;
  const head = text.indexOf("\n\n", start);
  if (head < 0 || head > end) return text;
  const inside = text.slice(head + 2, end).replace(/^- /gm, "");
  const close = "-----END PGP SIGNATURE-----";
  const after = text.indexOf(close, end);
  return `${text.slice(0, start)}${inside}${after < 0 ? "" : text.slice(after + close.length)}`.trim();
}

/** Parts that only carry a seal: nobody looks for them. */
export function isSealPart(mime: string): boolean {
  return /^application\/(?:pgp-signature|pgp-encrypted|(?:x-)?pkcs7-signature|(?:x-)?pkcs7-mime)$/.test(mime);
}
