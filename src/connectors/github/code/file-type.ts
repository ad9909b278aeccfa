/** How a file of a repository becomes text. */
export interface FileType {
  /**
   * `markdown` and `text` are read as they are; a `document` is turned into text from its bytes, one by one; `binary`
   * holds no text, whatever its size.
   */
  readonly kind: "markdown" | "text" | "document" | "binary";
  readonly mime: string;
}

const OFFICE = "application/vnd.openxmlformats-officedocument.";

const DOCUMENTS: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  docx: `${OFFICE}wordprocessingml.document`,
  xlsx: `${OFFICE}spreadsheetml.sheet`,
  pptx: `${OFFICE}presentationml.presentation`,
  odt: "application/vnd.oasis.opendocument.text",
  rtf: "application/rtf",
  eml: "message/rfc822",
  html: "text/html",
  htm: "text/html",
  xhtml: "application/xhtml+xml",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
};

const MARKDOWN = new Set(["md", "markdown", "mdown", "mkdn", "mdx", "qmd"]);

/** What repositories hold beside text. Everything that is not named here is looked into. */
const BINARY = new Set(
  (
    "png jpg jpeg gif webp avif bmp tif tiff ico icns heic psd ai sketch fig mp3 m4a wav ogg flac aac mp4 m4v mov webm mkv avi " +
    "woff woff2 ttf otf eot zip gz tgz bz2 xz zst 7z rar tar jar war whl nupkg gem apk dmg iso exe dll so dylib a o lib obj " +
    "class pyc wasm bin dat db sqlite parquet npy npz pkl pt onnx safetensors gguf doc xls ppt"
  ).split(" "),
);

/** By the name alone. */
export function fileTypeOf(path: string): FileType {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 ? name.slice(dot + 1).toLowerCase() : "";
  if (MARKDOWN.has(extension)) return { kind: "markdown", mime: "text/markdown" };
  if (Object.hasOwn(DOCUMENTS, extension)) return { kind: "document", mime: DOCUMENTS[extension] as string };
  if (BINARY.has(extension)) return { kind: "binary", mime: "application/octet-stream" };
  return { kind: "text", mime: "text/plain" };
}
