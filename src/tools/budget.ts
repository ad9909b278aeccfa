/** How much of an answer's tokens the text of an item may take; the rest is for what stands beside it. */
export function textTokens(resultTokens: number): number {
  return Math.floor(resultTokens * 0.75);
}

const BEYOND_LATIN = /[^\u0000-\u024F]/g;

/** An upper estimate of the tokens of a text: a third of its letters, and one for each character beyond Latin script. */
export function tokensOf(text: string): number {
  const foreign = text.match(BEYOND_LATIN)?.length ?? 0;
  return Math.ceil((text.length - foreign) / 3 + foreign);
}

/** Whether a text stays within the tokens. */
export function fits(text: string, tokens: number): boolean {
  return text.length <= tokens || tokensOf(text) <= tokens;
}

/** Whether an answer stays within the tokens in its text and again in its structured part. */
export function fitsTwice(text: string, structured: unknown, tokens: number): boolean {
  return fits(text, tokens) && fits(JSON.stringify(structured), tokens);
}

/** How many UTF-16 units of the text, from the start, stay within the tokens. */
export function lengthWithin(text: string, tokens: number): number {
  if (fits(text, tokens)) return text.length;
  let [low, high] = [tokens, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (tokensOf(text.slice(0, middle)) <= tokens) low = middle;
    else high = middle - 1;
  }
  return low;
}
