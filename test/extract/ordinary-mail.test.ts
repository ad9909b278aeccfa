import fc from "fast-check";
import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import { mailAt } from "../../bench/imap/mail.mjs";
import { cleanText } from "../../src/extract/clean-text.ts";
import type { MailMessage } from "../../src/extract/mail/mail-message.ts";
import { readOrdinaryMail } from "../../src/extract/mail/ordinary-mail.ts";
import { fromPostal } from "../../src/extract/mail/parse-mail.ts";

/** What a mail says, whoever parsed it. */
function told(mail: MailMessage) {
  const text = (words: string | undefined) => cleanText(words ?? "").trim() || undefined;
  const { from, to, cc, bcc, subject, date, messageId, inReplyTo, references } = mail;
  return {
    ...{ from, to, cc, bcc, subject, date, messageId, inReplyTo, references },
    text: text(mail.text),
    html: text(mail.html),
    attachments: mail.attachments.map(({ name, mime, related, disposition, content }) => ({
      ...{ name, mime, related, disposition },
      bytes: Buffer.from(content())
        .toString("latin1")
        .replace(/[\r\n]+/g, "\n")
        .trim(),
    })),
  };
}

/** False where the mail is not an ordinary one. */
async function isSame(source: string | Buffer): Promise<boolean> {
  const bytes = Buffer.from(source as string);
  const ordinary = readOrdinaryMail(bytes);
  if (ordinary === undefined) return false;
  const thorough = fromPostal(await PostalMime.parse(bytes, { maxNestingDepth: 100, maxHeadersSize: 1_000_000 }));
  expect(told(ordinary), bytes.toString("latin1")).toEqual(told(thorough));
  return true;
}

const HEAD =
  "From: Marta Quill <marta@station.example>\r\nTo: crew@station.example\r\nSubject: Weir\r\nMIME-Version: 1.0\r\n";
const PART = (type: string, encoding: string, body: string) =>
  `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n`;
const MULTI = (kind: string, parts: string[]) =>
  `Content-Type: multipart/${kind}; boundary="b-${kind}"\r\n\r\nnot shown\r\n${parts.map((part) => `--b-${kind}\r\n${part}`).join("")}--b-${kind}--\r\nnor this\r\n`;
const TWO = MULTI("alternative", [
  PART("text/plain; charset=utf-8", "quoted-printable", "Caf=C3=A9 =\r\nam Wehr =3D 5 =F0=9F=A6=A6"),
  PART('text/html; charset="utf-8"', "base64", Buffer.from("<p>Café am Wehr</p>").toString("base64")),
]);

/** Mail as programs write it, ordinary all of it. */
const ORDINARY = [
  `${HEAD}\r\nPlain and short.\r\n`,
  `${HEAD}${PART("text/plain; charset=us-ascii", "7bit", "From the weir.\r\n> quoted\r\n\r\n-- \r\nMarta")}`,
  `${HEAD}${PART("text/plain; charset=utf-8; format=flowed; delsp=yes", "8bit", "A long \r\nline that \r\nflows\r\n  stuffed\r\n-- \r\nMarta")}`,
  `${HEAD}${TWO}`,
  `${HEAD}${MULTI("mixed", [TWO, `Content-Type: application/pdf; name="plan.pdf"\r\nContent-Disposition: attachment; filename="=?utf-8?B?${Buffer.from("Pläne 水.pdf").toString("base64")}?="\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from("%PDF-1.7 no pages").toString("base64")}\r\n`])}`,
  `${HEAD}${MULTI("related", [PART("text/html", "7bit", '<img src="cid:logo">'), `Content-Type: image/png\r\nContent-ID: <logo>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n`])}`,
  `${HEAD}${PART("text/plain; charset=iso-2022-jp", "7bit", "\u001b$B?eN)\u001b(B at the weir")}`,
  `${HEAD.replace("Weir", "=?iso-8859-1?Q?Gr=FC=DFe?= =?iso-8859-1?Q?_vom_Wehr?=")}${PART("text/plain; charset=iso-8859-1", "quoted-printable", "Gr=FC=DFe")}`,
  `${HEAD.replace("crew@station.example", '"Quill, Marta" <m@x.example>, Håkon <h@x.example>, crew: a@x.example, b@x.example;')}\r\nHello\r\n`,
  `${HEAD.replaceAll("\r\n", "\n")}\nUnix lines\nhere\n`,
  `References: <a@x>\r\n\t<b@x>\r\nIn-Reply-To: <b@x>\r\nMessage-ID: <c@x>\r\nDate: Mon, 4 May 2026 09:12:44 +0200 (CEST)\r\n${HEAD}\r\nHi\r\n`,
];

describe("the reader of ordinary mail", () => {
  it("reads all ordinary mail, and as the thorough one does", async () => {
    for (const mail of ORDINARY) expect(await isSame(mail), mail).toBe(true);
    for (let number = 0; number < 300; number++)
      expect(await isSame(mailAt(number).replaceAll("\n", "\r\n"))).toBe(true);
  });

  it("leaves to the thorough one what breaks a rule or is rare", () => {
    const rare = [
      "no headers at all",
      `${HEAD}Content-Type: text/plain; charset*=utf-8''utf-8\r\n\r\nx`,
      `${HEAD}Content-Type: multipart/mixed\r\n\r\nno boundary`,
      `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nnot closed\r\n`,
      `${HEAD}${PART("message/rfc822", "7bit", HEAD)}`,
      `${HEAD}${PART("text/plain", "x-uuencode", "begin 644 a")}`,
      `${HEAD}${PART("text/plain", "base64", "QQ==QQ==")}`,
      `${HEAD}${PART("text/plain; charset=klingon", "8bit", "Qapl\u00e2")}`,
      `${HEAD}${PART("text/plain (comment)", "7bit", "x")}`,
      `${HEAD}To: again@x.example\r\n\r\ntwice`,
      `${HEAD}${MULTI("mixed", [PART("text/plain", "7bit", "one"), PART("text/plain", "7bit", "two")])}`,
      `${HEAD}X-Bare: a\rFrom: evil@x.example\r\n\r\nx`,
      `\u00a0From: evil@x.example\r\n${HEAD}\r\nx`,
    ];
    rare.push(`${HEAD}${PART("text/plain; charset=iso-2022-jp", "7bit", "\u001b$B?é at the weir")}`);
    rare.push(`${HEAD}${TWO.slice(0, TWO.lastIndexOf("--") + 2)} `);
    for (const mail of rare) expect(readOrdinaryMail(Buffer.from(mail)), mail).toBeUndefined();
  });

  it("says the same as the thorough one of mail that was damaged on its way", async () => {
    const whole = [
      ...ORDINARY,
      ...Array.from({ length: 12 }, (_, at) => mailAt(at).replaceAll("\n", "\r\n").slice(0, 3_000)),
    ];
    const scraps = [
      "\r\n",
      "\n",
      "--",
      "--b-mixed",
      "=",
      "=3D",
      "=\r\n",
      '"',
      ";",
      ":",
      " ",
      "\t",
      "\0",
      "é",
      "Content-Type: text/html\r\n",
      "\r\n\r\n",
      "(",
      ")",
      "<",
      ">",
      ",",
      "=?utf-8?Q?=C3?=",
      "boundary=x",
      "--b-alternative--\r\n",
    ];
    const damage = fc.record({ at: fc.nat(3_000), cut: fc.nat(30), put: fc.constantFrom(...scraps) });
    let ordinary = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...whole), fc.array(damage, { maxLength: 4 }), async (mail, blows) => {
        let hurt = mail;
        for (const { at, cut, put } of blows)
          hurt = hurt.slice(0, at % hurt.length) + put + hurt.slice((at % hurt.length) + cut);
        if (await isSame(hurt)) ordinary += 1;
      }),
      { numRuns: 1_500 },
    );
    expect(ordinary).toBeGreaterThan(200);
  });
});
