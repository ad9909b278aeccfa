import { looksBinary } from "./decode.ts";

/** How bytes are read. `text` and `markdown` and `code` and `delimited` are cheap; the rest runs in a thread. */
export type Format =
  | "text"
  | "markdown"
  | "code"
  | "delimited"
  | "html"
  | "pdf"
  | "docx"
  | "xlsx"
  | "pptx"
  | "odt"
  | "rtf"
  | "mail";

/** A table that knows only its own keys, whatever a file calls itself ("constructor"). */
function lookup<Value extends string>(table: Record<string, Value>): Record<string, Value> {
  return Object.assign(Object.create(null) as Record<string, Value>, table);
}

const OFFICE = "application/vnd.openxmlformats-officedocument.";
const OPEN = "application/vnd.oasis.opendocument.";

/** Mime types by extension, for names that a service sends without one. */
const BY_EXTENSION: Readonly<Record<string, string>> = lookup({
  txt: "text/plain",
  text: "text/plain",
  log: "text/plain",
  md: "text/markdown",
  markdown: "text/markdown",
  mdx: "text/markdown",
  qmd: "text/markdown",
  html: "text/html",
  htm: "text/html",
  xhtml: "application/xhtml+xml",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  json: "application/json",
  jsonl: "application/x-ndjson",
  ndjson: "application/x-ndjson",
  geojson: "application/json",
  ipynb: "application/json",
  yaml: "application/yaml",
  yml: "application/yaml",
  toml: "application/toml",
  xml: "application/xml",
  svg: "image/svg+xml",
  pdf: "application/pdf",
  rtf: "application/rtf",
  docx: `${OFFICE}wordprocessingml.document`,
  docm: `${OFFICE}wordprocessingml.document`,
  dotx: `${OFFICE}wordprocessingml.document`,
  xlsx: `${OFFICE}spreadsheetml.sheet`,
  xlsm: `${OFFICE}spreadsheetml.sheet`,
  pptx: `${OFFICE}presentationml.presentation`,
  pptm: `${OFFICE}presentationml.presentation`,
  ppsx: `${OFFICE}presentationml.presentation`,
  odt: `${OPEN}text`,
  eml: "message/rfc822",
  doc: "application/msword",
  xls: "application/vnd.ms-excel",
  ppt: "application/vnd.ms-powerpoint",
  msg: "application/vnd.ms-outlook",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  heic: "image/heic",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  mov: "video/quicktime",
  zip: "application/zip",
  gz: "application/gzip",
});

/** Languages of source code by extension; the value is the name Markdown fences use. */
const LANGUAGES: Readonly<Record<string, string>> = lookup({
  ...{ js: "javascript", mjs: "javascript", cjs: "javascript", jsx: "jsx", ts: "typescript", mts: "typescript" },
  ...{ tsx: "tsx", py: "python", rb: "ruby", go: "go", rs: "rust", java: "java", kt: "kotlin", kts: "kotlin" },
  ...{ swift: "swift", c: "c", h: "c", cc: "cpp", cpp: "cpp", hpp: "cpp", cs: "csharp", php: "php", scala: "scala" },
  ...{ sh: "bash", bash: "bash", zsh: "bash", fish: "fish", ps1: "powershell", sql: "sql", r: "r", lua: "lua" },
  ...{ pl: "perl", ex: "elixir", exs: "elixir", erl: "erlang", hs: "haskell", clj: "clojure", dart: "dart" },
  ...{ vue: "vue", svelte: "svelte", css: "css", scss: "scss", less: "less", graphql: "graphql", proto: "protobuf" },
  ...{ tf: "hcl", hcl: "hcl", ini: "ini", conf: "ini", cfg: "ini", properties: "properties", tex: "latex" },
  ...{ rst: "rst", adoc: "asciidoc", org: "org", diff: "diff", patch: "diff", gradle: "groovy", jl: "julia" },
  ...{ json: "json", jsonl: "json", ndjson: "json", yaml: "yaml", yml: "yaml", toml: "toml", xml: "xml" },
});

const FORMATS: Readonly<Record<string, Format>> = lookup<Format>({
  "text/plain": "text",
  "text/markdown": "markdown",
  "text/x-markdown": "markdown",
  "text/html": "html",
  "application/xhtml+xml": "html",
  "text/csv": "delimited",
  "text/tab-separated-values": "delimited",
  "application/pdf": "pdf",
  "application/rtf": "rtf",
  "text/rtf": "rtf",
  [BY_EXTENSION.docx!]: "docx",
  [BY_EXTENSION.xlsx!]: "xlsx",
  [BY_EXTENSION.pptx!]: "pptx",
  [BY_EXTENSION.odt!]: "odt",
  "message/rfc822": "mail",
  "application/json": "code",
  "application/x-ndjson": "code",
  "application/yaml": "code",
  "application/x-yaml": "code",
  "application/toml": "code",
  "application/xml": "code",
  "application/javascript": "code",
  "application/typescript": "code",
  "application/sql": "code",
});

/** The lower-case extension of a file name, without the dot; empty when it has none. */
function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 ? name.slice(dot + 1).toLowerCase() : "";
  return extension.length > 12 || /[\\/\s]/.test(extension) ? "" : extension;
}

/** The programming or data language of a file by its name, as Markdown fences write it. */
export function languageOf(name: string): string | undefined {
  return LANGUAGES[extensionOf(name)];
}

/**
 * The mime type of a file by its name and, where given, its first bytes (4 KB are enough). The bytes win: a PDF named
 * `.docx` is a PDF, and a text file with NULs is `application/octet-stream`.
 */
export function mimeOf(name: string, head?: Uint8Array): string {
  const named = mimeByName(name);
  return head === undefined ? named : (mimeByBytes(head, named) ?? named);
}

function mimeByName(name: string): string {
  const extension = extensionOf(name);
  const known = BY_EXTENSION[extension];
  if (known !== undefined) return known;
  return LANGUAGES[extension] === undefined ? "application/octet-stream" : "text/x-source";
}

/** Whether headwater can read a mime type. */
export function canExtract(mime: string): boolean {
  return formatOfMime(mime) !== undefined;
}

/** The format of a mime type; undefined when headwater cannot read it. */
export function formatOfMime(mime: string): Format | undefined {
  const bare = mime.split(";", 1)[0]!.trim().toLowerCase();
  const known = FORMATS[bare];
  if (known !== undefined) return known;
  if (bare.startsWith("text/")) return "code";
  return /^application\/[\w.-]+\+(json|xml|yaml)$/.test(bare) ? "code" : undefined;
}

/** What the bytes are, when they say so; `expected` settles what only a name can tell apart. */
export function mimeByBytes(head: Uint8Array, expected: string): string | undefined {
  const start = latin(head.subarray(0, 1024));
  if (start.includes("%PDF-")) return "application/pdf";
  if (start.startsWith("PK\u0003\u0004") || start.startsWith("PK\u0005\u0006")) return zipMime(head, expected);
  if (start.startsWith("{\\rtf")) return "application/rtf";
  if (start.startsWith("\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1")) return "application/x-ole-storage";
  const image = imageMime(start);
  if (image !== undefined) return image;
  const format = formatOfMime(expected);
  const textual = format === undefined || ["text", "markdown", "code", "delimited", "html", "mail"].includes(format);
  if (textual && looksBinary(head.subarray(0, 4096))) return "application/octet-stream";
  if (format === undefined && head.length > 0) return textMime(start);
  return undefined;
}

function zipMime(head: Uint8Array, expected: string): string {
  const format = formatOfMime(expected);
  if (format !== undefined && ["docx", "xlsx", "pptx", "odt"].includes(format)) return expected;
  const names = latin(head.subarray(0, 4096));
  if (names.includes("word/")) return BY_EXTENSION.docx!;
  if (names.includes("xl/")) return BY_EXTENSION.xlsx!;
  if (names.includes("ppt/")) return BY_EXTENSION.pptx!;
  if (names.includes("mimetypeapplication/vnd.oasis.opendocument.text")) return BY_EXTENSION.odt!;
  return "application/zip";
}

function imageMime(start: string): string | undefined {
  if (start.startsWith("\u0089PNG\r\n")) return "image/png";
  if (start.startsWith("\u00ff\u00d8\u00ff")) return "image/jpeg";
  if (/^GIF8[79]a/.test(start)) return "image/gif";
  if (/^RIFF....WEBP/s.test(start)) return "image/webp";
  if (start.startsWith("\u001f\u008b")) return "application/gzip";
  return undefined;
}

function textMime(start: string): string {
  const text = start.replace(/^(\u00ef\u00bb\u00bf)?\s+/, "").slice(0, 64);
  if (/^<(!doctype html|html|head|body)\b/i.test(text)) return "text/html";
  if (text.startsWith("<?xml")) return "application/xml";
  return "text/plain";
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
