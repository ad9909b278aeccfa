// A believable mailbox: answers in plain text, newsletters in two forms, HTML alone, mail with something attached.
import { chownSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documentAt, numbers } from "../text.mjs";

const PEOPLE = ["Marta Quill", "José Ángel Núñez", "Håkon Lie", "Wren Ashby", "Ilse Brandt", "Tomás Vega"];
const START = Date.UTC(2024, 0, 1);
/** Between one mail and the next. */
const STEP_MS = 47 * 60_000;

/** Puts `count` messages into the INBOX of a user, as a server that delivers writes them. */
export function fillMaildir(folder, user, count) {
  const box = join(folder, "mail", user);
  const { uid, gid } = statSync(join(folder, "mail"));
  const own = (path) => process.getuid?.() === 0 && chownSync(path, uid, gid);
  for (const part of ["", "cur", "new", "tmp"]) {
    mkdirSync(join(box, part), { recursive: true, mode: 0o700 });
    own(join(box, part));
  }
  let bytes = 0;
  for (let number = 0; number < count; number++) {
    const mail = Buffer.from(mailAt(number).replaceAll("\n", "\r\n"));
    const seconds = Math.floor((START + number * STEP_MS) / 1000);
    const path = join(
      box,
      "cur",
      `${seconds}.M${number}P1.bench,S=${mail.length},W=${mail.length}:2,${number % 3 ? "S" : ""}`,
    );
    writeFileSync(path, mail);
    own(path);
    bytes += mail.length;
  }
  return bytes;
}

/** Message number `number` of a never-ending series. */
export function mailAt(number) {
  const random = numbers(number ^ 0x2545f491);
  const { title, text } = documentAt(number, 1_500 + Math.floor(random() * 3_000));
  const from = PEOPLE[number % PEOPLE.length];
  const earlier = number > 20 && number % 3 === 0 ? number - 1 - Math.floor(random() * 20) : undefined;
  const head = [
    "Return-Path: <bounce@station.example>",
    "Received: from mx1.station.example (mx1.station.example [192.0.2.7])",
    `\tby store3.station.example with ESMTPS id ${number.toString(36)}`,
    `\tfor <crew@station.example>; ${date(number)}`,
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=station.example; s=k1;",
    `\tbh=${Buffer.from(title).toString("base64").slice(0, 40)};`,
    `From: ${word(from)} <${from
      .split(" ")[0]
      .toLowerCase()
      .normalize("NFD")
      .replace(/[^a-z]/g, "")}@station.example>`,
    'To: Crew <crew@station.example>, "Harbour, North" <harbour@north.example>',
    `Subject: ${word(earlier === undefined ? title : `Re: ${title} – 水位`)}`,
    `Date: ${date(number)}`,
    `Message-ID: <m${number}@station.example>`,
    ...(earlier === undefined
      ? []
      : [`In-Reply-To: <m${earlier}@station.example>`, `References: <m${earlier}@station.example>`]),
    "MIME-Version: 1.0",
  ];
  return [...head, ...bodyOf(number % 20, text, earlier), ""].join("\n");
}

function bodyOf(kind, text, earlier) {
  const quoted =
    earlier === undefined ? "" : `\n\nOn Monday, Wren Ashby wrote:\n${text.slice(0, 900).replace(/^/gm, "> ")}\n`;
  if (kind < 9) return plain(text + quoted);
  if (kind < 16) return parts("alternative", [plain(text), html(text)]);
  if (kind < 18) return html(text);
  const file = Buffer.from(text.repeat(3)).toString("base64").replace(/.{76}/g, "$&\n");
  const attached = [
    'Content-Type: text/markdown; name="notes.md"',
    'Content-Disposition: attachment; filename="notes.md"',
    "Content-Transfer-Encoding: base64",
    "",
    file,
  ];
  return parts("mixed", [plain(text.slice(0, 800)), attached]);
}

function plain(text) {
  return [
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: quoted-printable",
    "",
    printable(text),
  ];
}

function html(text) {
  const paragraphs = text
    .split("\n")
    .map(
      (line) =>
        `<p style="margin:0 0 12px;font-family:Arial">${line} <a href="https://station.example/n?a=1&amp;b=2">more</a></p>`,
    );
  const page = `<html><head><style>p{color:#333}</style></head><body><table><tr><td>${paragraphs.join("\n")}</td></tr></table></body></html>`;
  return ["Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", printable(page)];
}

function parts(kind, all) {
  return [
    `Content-Type: multipart/${kind}; boundary="=_edge_${kind}"`,
    "",
    ...all.flatMap((part) => [`--=_edge_${kind}`, ...part]),
    `--=_edge_${kind}--`,
  ];
}

function printable(text) {
  const escaped = [...Buffer.from(text)].map((byte) =>
    byte === 10
      ? "\n"
      : byte === 61 || byte > 126 || byte < 32
        ? `=${byte.toString(16).toUpperCase().padStart(2, "0")}`
        : String.fromCharCode(byte),
  );
  const lines = [];
  for (const line of escaped.join("").split("\n")) {
    let rest = line;
    while (rest.length > 75) {
      const end = rest.lastIndexOf("=", 74) > 71 ? rest.lastIndexOf("=", 74) : 74;
      lines.push(`${rest.slice(0, end)}=`);
      rest = rest.slice(end);
    }
    lines.push(rest);
  }
  return lines.join("\n");
}

function word(text) {
  return /^[\x20-\x7e]*$/.test(text)
    ? text
    : `=?utf-8?Q?${printable(text).replaceAll("=\n", "").replaceAll(" ", "_").replaceAll("?", "=3F")}?=`;
}

function date(number) {
  return new Date(START + number * STEP_MS).toUTCString().replace("GMT", "+0000");
}
