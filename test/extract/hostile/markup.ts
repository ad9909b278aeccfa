import type { Hostile } from "./packages.ts";

const html = (body: string) => Buffer.from(`<!doctype html><title>Seite</title><body>${body}`);

/** Attacks on HTML readers: quadratic algorithms and stacks. */
export const HTML: Hostile[] = [
  {
    what: "50,000 nested divs",
    name: "divs.html",
    bytes: () => html(`${"<div>".repeat(50_000)}innen${"</div>".repeat(50_000)}`),
  },
  {
    what: "500,000 nested spans without an end",
    name: "spans.html",
    bytes: () => html(`${"<span>".repeat(500_000)}innen`),
  },
  { what: "200,000 unclosed p, b and i", name: "unclosed.html", bytes: () => html("<p><b><i>wort ".repeat(200_000)) },
  {
    what: "200,000 unclosed links",
    name: "links.html",
    bytes: () => html('<a href="https://example.org/x">wort '.repeat(200_000)),
  },
  {
    what: "200,000 closed links in one paragraph",
    name: "closed.html",
    bytes: () => html(`<p>${'<a href="/x">w</a> '.repeat(200_000)}`),
  },
  { what: "a million line breaks", name: "breaks.html", bytes: () => html(`<p>${"w<br>".repeat(1_000_000)}`) },
  { what: "end tags only", name: "ends.html", bytes: () => html("</div></p></table></a>".repeat(300_000)) },
  { what: "5,000 nested tables", name: "tables.html", bytes: () => html(`${"<table><tr><td>".repeat(5000)}innen`) },
  { what: "20,000 nested lists", name: "lists.html", bytes: () => html(`${"<ul><li>punkt ".repeat(20_000)}innen`) },
  {
    what: "20,000 nested quotations",
    name: "quotes.html",
    bytes: () => html(`${"<blockquote>zitat ".repeat(20_000)}innen`),
  },
  {
    what: "300,000 attributes on one element",
    name: "attributes.html",
    bytes: () => html(`<p ${Array.from({ length: 300_000 }, (_, n) => `data-a${n}="x"`).join(" ")}>text`),
  },
  {
    what: "an attribute of 9 MB of entities",
    name: "value.html",
    bytes: () => html(`<p title="${"&amp;".repeat(1_800_000)}">text`),
  },
  { what: "two million entities", name: "entities.html", bytes: () => html("&lt;".repeat(2_000_000)) },
  { what: "a single line of 9 MB", name: "line.html", bytes: () => html("wort ".repeat(1_800_000)) },
  { what: "nine million angle brackets", name: "brackets.html", bytes: () => html("<".repeat(9_000_000)) },
  { what: "nine million blanks", name: "blanks.html", bytes: () => html(`<p>a${" ".repeat(9_000_000)}b`) },
  {
    what: "a code block of nine million blanks",
    name: "preblanks.html",
    bytes: () => html(`<pre>a${" ".repeat(9_000_000)}b</pre>`),
  },
  { what: "comments that never end", name: "comments.html", bytes: () => html("<!-- ".repeat(1_500_000)) },
  {
    what: "a code block of nine million backticks",
    name: "ticks.html",
    bytes: () => html(`<pre>${"`".repeat(9_000_000)}</pre>`),
  },
  {
    what: "a table of one row and 400,000 cells",
    name: "cells.html",
    bytes: () => html(`<table><tr>${"<td>x".repeat(400_000)}`),
  },
  { what: "more than 10 MB", name: "huge.html", bytes: () => html("x".repeat(10_500_000)), refused: /more than 10 MB/ },
  {
    what: "a script that would run",
    name: "script.html",
    bytes: () => html("<script>process.exit(7)</script><img src=x onerror='process.exit(7)'><p>still"),
  },
];

/** Plain text and tables out of proportion, and patterns that trip regular expressions. */
export const TEXT: Hostile[] = [
  {
    what: "a million columns",
    name: "columns.csv",
    bytes: () => Buffer.from(`${"a,".repeat(1_000_000)}\n${"1,".repeat(1_000_000)}`),
  },
  { what: "eight million quotes", name: "quotes.csv", bytes: () => Buffer.from('"'.repeat(8_000_001)) },
  { what: "five million rows", name: "rows.csv", bytes: () => Buffer.from(`a,b\n${"1,2\n".repeat(5_000_000)}`) },
  { what: "one line of 20 MB", name: "line.txt", bytes: () => Buffer.alloc(20_000_000, "wort ") },
  { what: "twenty million line ends", name: "returns.txt", bytes: () => Buffer.alloc(20_000_000, "\r") },
  {
    what: "twenty million control characters after text",
    name: "control.txt",
    bytes: () => Buffer.concat([Buffer.alloc(9000, "wort "), Buffer.alloc(20_000_000, 7)]),
  },
  {
    what: "zeros after 10 KB of text",
    name: "zeros.txt",
    bytes: () => Buffer.concat([Buffer.alloc(10_000, "wort "), Buffer.alloc(5_000_000)]),
    refused: /binary data/,
  },
  {
    what: "RTF groups a million deep",
    name: "groups.rtf",
    bytes: () => Buffer.from(`{\\rtf1 ${"{".repeat(1_000_000)}tief`),
  },
  {
    what: "RTF of three million blanks",
    name: "blanks.rtf",
    bytes: () => Buffer.from(`{\\rtf1 a${" ".repeat(3_000_000)}b}`),
  },
  { what: "RTF of backslashes", name: "slashes.rtf", bytes: () => Buffer.from(`{\\rtf1 ${"\\".repeat(3_000_001)}`) },
  {
    what: "RTF that declares a huge binary part",
    name: "bin.rtf",
    bytes: () => Buffer.from("{\\rtf1 vor\\bin2147483647 nach}"),
  },
];
