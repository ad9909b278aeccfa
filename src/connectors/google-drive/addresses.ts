import { googleAddresses } from "../kit/index.ts";

/** Of Google's interfaces; Drive lies below `/drive/v3`. */
const API = "https://www.googleapis.com";
/** Where large exports come from; it is Google as well and wants the same credential. */
export const DOCS_ORIGIN = "https://docs.google.com";
export const ENABLE_DRIVE = "https://console.cloud.google.com/apis/library/drive.googleapis.com";

export function driveAddresses(baseUrl: string | undefined) {
  return googleAddresses(API, baseUrl);
}

const ID = /^[\w-]{10,100}$/;

/** An id as it stands, or out of any address of Drive and its editors; undefined for anything else. */
export function idIn(written: string): string | undefined {
  const text = written.trim();
  if (ID.test(text)) return text;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!isDriveHost(url.hostname)) return undefined;
  const parts = url.pathname.split("/");
  const after = (word: string) => {
    const id = parts[parts.indexOf(word) + 1];
    return parts.includes(word) && id !== undefined && ID.test(id) ? id : undefined;
  };
  // /document/d/<id>/edit, /file/d/<id>/view, /drive/u/1/folders/<id>, /open?id=, /uc?id=, /drive/v3/files/<id>
  const query = url.searchParams.get("id");
  return after("d") ?? after("folders") ?? after("files") ?? (query !== null && ID.test(query) ? query : undefined);
}

/** Of a comment, in the address of the document that it stands in. */
export function commentIn(written: string): string | undefined {
  return URL.canParse(written) ? (new URL(written).searchParams.get("disco") ?? undefined) : undefined;
}

/** What a link that is not for everybody carries. */
export function resourceKeyIn(written: string): string | undefined {
  return URL.canParse(written) ? (new URL(written).searchParams.get("resourcekey") ?? undefined) : undefined;
}

export function isDriveHost(host: string): boolean {
  return (
    /^(drive|docs|sheets|slides|script|www|drive\.usercontent)\.google(apis|usercontent)?\.com$/.test(host) ||
    host === "docs.google.com"
  );
}
