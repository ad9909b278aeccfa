import type { Hostile } from "./packages.ts";

const HEAD = "From: Ayşe <ayse@example.org>\r\nTo: jan@example.org\r\nSubject: Probe\r\nMIME-Version: 1.0\r\n";
const mail = (rest: string) => Buffer.from(HEAD + rest);

function nested(depth: number): string {
  let text = "";
  for (let level = 0; level < depth; level++) {
    text += `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n`;
  }
  return `${text}Content-Type: text/plain\r\n\r\ninnen\r\n`;
}

/** Mails that nest, repeat and swell. */
export const MAIL: Hostile[] = [
  {
    what: "parts nested 1,000 deep",
    name: "deep.eml",
    bytes: () => mail(nested(1000)),
    refused: /exceed what real mails have/,
  },
  {
    what: "200,000 boundaries",
    name: "boundaries.eml",
    refused: /more than 10,000 parts/,
    bytes: () => mail(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${"--b\r\n\r\nx\r\n".repeat(200_000)}`),
  },
  {
    what: "3 MB of headers",
    name: "headers.eml",
    bytes: () => mail(`${"X-A: b\r\n".repeat(400_000)}\r\ntext`),
    refused: /exceed what real mails have/,
  },
  {
    what: "a header of 900 KB of encoded words",
    name: "words.eml",
    bytes: () => mail(`X-Words: ${"=?utf-8?Q?=C3=A4?= ".repeat(45_000)}\r\n\r\ntext`),
  },
  {
    what: "a subject of unfinished encoded words",
    name: "subject.eml",
    bytes: () => Buffer.from(`From: a@example.org\r\nSubject: ${"=?".repeat(300_000)}\r\n\r\ntext`),
  },
  {
    what: "a subject of a million blanks",
    name: "blanks.eml",
    bytes: () => Buffer.from(`From: a@example.org\r\nSubject: a${" ".repeat(900_000)}b\r\n\r\ntext`),
  },
  {
    what: "40,000 recipients",
    name: "recipients.eml",
    refused: /exceed what real mails have/,
    bytes: () =>
      mail(`Cc: ${Array.from({ length: 40_000 }, (_, n) => `"N ${n}" <n${n}@example.org>`).join(", ")}\r\n\r\ntext`),
  },
  {
    what: "addresses of brackets and quotes",
    name: "brackets.eml",
    bytes: () => mail(`Cc: ${'"<(,;'.repeat(100_000)}\r\n\r\ntext`),
  },
  {
    what: "mails inside mails, 300 deep",
    name: "rfc822.eml",
    bytes: () => mail(`${"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n".repeat(300)}\r\n\r\ninnen`),
  },
  {
    what: "20 MB of base64",
    name: "base64.eml",
    bytes: () =>
      mail(
        `Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n${"QUFB".repeat(19).concat("\r\n").repeat(250_000)}`,
      ),
  },
  {
    what: "5 MB of quoted soft breaks",
    name: "soft.eml",
    bytes: () =>
      mail(
        `Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${"=\r\n".repeat(1_700_000)}ende`,
      ),
  },
  {
    what: "HTML of unclosed tags in a mail",
    name: "html.eml",
    bytes: () => mail(`Content-Type: text/html\r\n\r\n${"<p><b><i>wort ".repeat(100_000)}`),
  },
  {
    what: "a charset that does not exist",
    name: "charset.eml",
    bytes: () => mail("Content-Type: text/plain; charset=x-nonsense\r\n\r\ntext"),
  },
  {
    what: "a parameter in 20,000 pieces",
    name: "pieces.eml",
    bytes: () =>
      mail(
        `Content-Type: text/plain;${Array.from({ length: 20_000 }, (_, n) => ` name*${n}=a;`).join("\r\n")}\r\n\r\ntext`,
      ),
  },
];
