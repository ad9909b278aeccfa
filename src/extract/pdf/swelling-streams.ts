import { constants, inflateSync } from "node:zlib";
import { tooLarge } from "../refuse.ts";

/** Uncompressed bytes of one stream; the drawing commands of a dense map take two thirds of it. */
const MAX_STREAM = 24_000_000;
/** Deflate grows a byte to at most 1032, so a smaller stream stays within the bound. */
const HARMLESS = Math.floor(MAX_STREAM / 1032);

/**
 * Refuses a PDF with a stream that unpacks beyond all measure, or that is packed more than once. The PDF reader would
 * unpack it in one go and outside of the heap that its thread is limited to. Pictures are not unpacked for their text.
 */
export function refuseSwellingStreams(bytes: Uint8Array, name: string): void {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (true) {
    const keyword = source.indexOf("stream", at);
    if (keyword < 0) return;
    const end = source.indexOf("endstream", keyword + 6);
    const data = source.subarray(keyword + 6, end < 0 ? source.length : end);
    const dictionary = source.subarray(Math.max(at, keyword - 2000), keyword).toString("latin1");
    refuseStream(dictionary.slice(dictionary.lastIndexOf(" obj") + 1), data, name);
    if (end < 0) return;
    at = end + 9;
  }
}

function refuseStream(dictionary: string, data: Buffer, name: string): void {
  const packings = dictionary.match(/\/(FlateDecode|Fl)\b/g)?.length ?? 0;
  if (packings === 0 || /\/Subtype\s*\/Image\b/.test(dictionary)) return;
  if (packings > 1) throw tooLarge(name, "a part of it is packed several times over, as bombs are");
  if (data.length > HARMLESS && isTooLarge(data)) {
    throw tooLarge(name, `a page of it unpacks to more than ${MAX_STREAM / 1_000_000} MB`);
  }
}

/** What is not zlib data (an encrypted stream) counts as far as it goes, as it would be read. */
function isTooLarge(data: Buffer): boolean {
  const start = data[0] === 13 ? 2 : 1; // the line end after the keyword
  try {
    inflateSync(data.subarray(start), { maxOutputLength: MAX_STREAM, finishFlush: constants.Z_SYNC_FLUSH });
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
  }
}
