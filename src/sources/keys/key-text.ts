const LINE = /^headwater-key-1 ([A-Za-z0-9_-]{43})$/;

/** Keys as they are kept: one a line, the one in force first. More than one only while a key is being replaced. */
export function keyText(keys: readonly Buffer[]): string {
  return `${keys.map((key) => `headwater-key-1 ${key.toString("base64url")}`).join("\n")}\n`;
}

/** Undefined when the text is none of ours. */
export function keysIn(text: string): Buffer[] | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  const keys = lines.map((line) => LINE.exec(line)?.[1]);
  if (keys.length === 0 || keys.includes(undefined)) return undefined;
  return keys.map((key) => Buffer.from(key as string, "base64url"));
}
