/** Google's own kinds of files, and how they are read. */
const GOOGLE = "application/vnd.google-apps.";
const OFFICE = "application/vnd.openxmlformats-officedocument.";
export const FOLDER = `${GOOGLE}folder`;
export const SHORTCUT = `${GOOGLE}shortcut`;

/** What people call them, and in which formats they are asked for: the next one where one is too large or not to be had. */
const NATIVE: Readonly<Record<string, { name: string; formats: readonly string[] }>> = {
  document: { name: "Google Doc", formats: ["text/markdown", "text/plain"] },
  spreadsheet: { name: "Google Sheet", formats: [`${OFFICE}spreadsheetml.sheet`, "text/csv"] },
  presentation: { name: "Google Slides", formats: ["text/plain", `${OFFICE}presentationml.presentation`] },
  script: { name: "Apps Script", formats: [`${GOOGLE}script+json`] },
  drawing: { name: "Google Drawing", formats: [] },
  form: { name: "Google Form", formats: [] },
  site: { name: "Google Site", formats: [] },
  map: { name: "Google My Map", formats: [] },
  jam: { name: "Jamboard", formats: [] },
  vid: { name: "Google Vid", formats: [] },
  folder: { name: "Folder", formats: [] },
  shortcut: { name: "Shortcut", formats: [] },
};

const NAMES: Readonly<Record<string, string>> = {
  "application/pdf": "PDF",
  [`${OFFICE}wordprocessingml.document`]: "Word document",
  [`${OFFICE}spreadsheetml.sheet`]: "Excel workbook",
  [`${OFFICE}presentationml.presentation`]: "PowerPoint presentation",
  "text/plain": "Text",
  "text/markdown": "Markdown",
  "text/csv": "CSV",
  "text/html": "HTML",
  "message/rfc822": "Mail",
};

const READABLE = new Set([
  "application/pdf",
  "application/rtf",
  "application/json",
  "application/x-ndjson",
  "application/xml",
  "application/yaml",
  "application/x-yaml",
  "application/toml",
  "application/javascript",
  "application/x-javascript",
  "application/typescript",
  "application/sql",
  "application/xhtml+xml",
  "application/vnd.oasis.opendocument.text",
  `${OFFICE}wordprocessingml.document`,
  `${OFFICE}spreadsheetml.sheet`,
  `${OFFICE}presentationml.presentation`,
  "message/rfc822",
]);
/** For what Drive calls octet-stream, because whoever uploaded it did not say. */
const READABLE_ENDINGS =
  /\.(md|markdown|txt|csv|tsv|log|json|ya?ml|toml|xml|html?|pdf|docx|xlsx|pptx|odt|rtf|eml|ipynb|rst|tex|org)$/i;

export function isGoogleFile(mime: string): boolean {
  return mime.startsWith(GOOGLE);
}

/** What a person calls a file of this mime type. */
export function typeOf(mime: string): string {
  if (isGoogleFile(mime)) return NATIVE[mime.slice(GOOGLE.length)]?.name ?? "Google file";
  return NAMES[mime] ?? mime;
}

/** The formats in which a file of Google's is asked for, the best one first; none where it has no text. */
export function exportsOf(mime: string, chosen: Readonly<Record<string, string>>): readonly string[] {
  const kind = mime.slice(GOOGLE.length);
  const usual = NATIVE[kind]?.formats ?? [];
  const own = chosen[kind] ?? chosen[mime];
  return own === undefined ? usual : [own, ...usual.filter((format) => format !== own)];
}

/** Whether the text of an uploaded file can be read. */
export function isReadable(mime: string, name: string): boolean {
  if (READABLE.has(mime) || mime.startsWith("text/")) return true;
  return mime === "application/octet-stream" && READABLE_ENDINGS.test(name);
}

const MIMES_OF: Readonly<Record<string, RegExp>> = {
  document: new RegExp(`^${GOOGLE}document$|wordprocessingml|opendocument\\.text|^application/(msword|rtf)$`),
  spreadsheet: new RegExp(`^${GOOGLE}spreadsheet$|spreadsheetml|opendocument\\.spreadsheet|^text/csv$|ms-excel`),
  presentation: new RegExp(`^${GOOGLE}presentation$|presentationml|opendocument\\.presentation|ms-powerpoint`),
  drawing: new RegExp(`^${GOOGLE}drawing$`),
  form: new RegExp(`^${GOOGLE}form$`),
  pdf: /^application\/pdf$/,
  image: /^image\//,
  audio: /^audio\//,
  video: new RegExp(`^video/|^${GOOGLE}vid$`),
  text: /^text\/|^application\/(json|xml|yaml|toml|javascript)$/,
  archive: /zip|x-tar|gzip|x-7z|x-rar/,
};

/** Whether a mime type is of a kind as the option `fileTypes` names it. */
export function isOfType(mime: string, type: string): boolean {
  return MIMES_OF[type]?.test(mime) ?? false;
}
