/** Escape sequences of terminals: CSI, OSC and two-character forms. */
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_]?)/g;
/** Control characters other than tab and line feed, and the marks that turn the direction of text. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text of a source made safe for a terminal or a log: no escape sequence, no control character, no direction mark. */
export function plainText(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(ESCAPES, "").replace(CONTROLS, "");
}

/** The same on one line. */
export function plainLine(text: string): string {
  return plainText(text)
    .replace(/[\s\u2028\u2029]+/g, " ")
    .trim();
}
