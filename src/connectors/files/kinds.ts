/** What a file is to us. `note` is Markdown that we read ourselves; `file` has text that can be extracted; `attachment` has none. */
export type FileKind = "note" | "canvas" | "base" | "file" | "attachment";

export interface FileType {
  kind: FileKind;
  mime: string;
}

const OFFICE = "application/vnd.openxmlformats-officedocument.";

/** Mime types of what can be turned into text, by extension. */
const READABLE: Record<string, string> = {
  txt: "text/plain",
  text: "text/plain",
  log: "text/plain",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  html: "text/html",
  htm: "text/html",
  xhtml: "application/xhtml+xml",
  json: "application/json",
  jsonl: "application/x-ndjson",
  ndjson: "application/x-ndjson",
  geojson: "application/json",
  ipynb: "application/json",
  yaml: "application/yaml",
  yml: "application/yaml",
  toml: "application/toml",
  xml: "application/xml",
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
  odt: "application/vnd.oasis.opendocument.text",
  eml: "message/rfc822",
};

/** Plain text of one sort or another: source code, settings, markup. */
const PLAIN =
  "adoc asciidoc bash bat bib c cc cfg cjs clj cmake conf cpp cs css dart diff el env erl ex exs fish go gradle graphql groovy " +
  "h hcl hpp hs ics ini java jl js jsx kt kts less lisp lua m mjs mk mm mts nix org patch php pl proto ps1 py r rb rs rst sass scala " +
  "scss sh sql srt svelte swift tex tf ts tsx vb vcf vim vtt vue wiki zig zsh properties";

/** Names without an extension that are text all the same. */
const PLAIN_NAMES =
  "authors changelog changes codeowners contributing copying dockerfile gemfile license makefile news notice procfile rakefile readme todo";

/** Mime types of common files without text, for their item. */
const UNREADABLE: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  svg: "image/svg+xml",
  heic: "image/heic",
  avif: "image/avif",
  bmp: "image/bmp",
  tiff: "image/tiff",
  mp3: "audio/mpeg",
  m4a: "audio/mp4",
  wav: "audio/wav",
  ogg: "audio/ogg",
  flac: "audio/flac",
  mp4: "video/mp4",
  mov: "video/quicktime",
  webm: "video/webm",
  mkv: "video/x-matroska",
  zip: "application/zip",
  gz: "application/gzip",
  "7z": "application/x-7z-compressed",
  tar: "application/x-tar",
  doc: "application/msword",
  xls: "application/vnd.ms-excel",
  ppt: "application/vnd.ms-powerpoint",
  msg: "application/vnd.ms-outlook",
  epub: "application/epub+zip",
};

const TYPES = new Map<string, FileType>();
for (const [extension, mime] of Object.entries(UNREADABLE)) TYPES.set(extension, { kind: "attachment", mime });
for (const [extension, mime] of Object.entries(READABLE)) TYPES.set(extension, { kind: "file", mime });
for (const extension of PLAIN.split(" ")) TYPES.set(extension, { kind: "file", mime: "text/plain" });
for (const extension of ["md", "markdown", "mdx", "qmd"]) TYPES.set(extension, { kind: "note", mime: "text/markdown" });
TYPES.set("canvas", { kind: "canvas", mime: "application/json" });
TYPES.set("base", { kind: "base", mime: "application/yaml" });

const NAMED = new Set(PLAIN_NAMES.split(" "));
const PLAIN_TYPE: FileType = { kind: "file", mime: "text/plain" };
const UNKNOWN: FileType = { kind: "attachment", mime: "application/octet-stream" };

/** What a file is, by its name alone. */
export function fileType(name: string): FileType {
  const dot = name.lastIndexOf(".");
  if (dot <= 0) return NAMED.has(name.toLowerCase()) ? PLAIN_TYPE : UNKNOWN;
  const extension = name.slice(dot + 1);
  return TYPES.get(extension) ?? TYPES.get(extension.toLowerCase()) ?? UNKNOWN;
}

/** A file name without its extension. */
export function stemOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}
