/** One spelling for names that people write in different ways: NFC, without case, without outer blanks. */
export function fold(text: string): string {
  return text.normalize("NFC").toLowerCase().trim();
}

/**
 * A 53 bit number for a string (cyrb53, public domain), small and quick to index. Different strings may share one:
 * whoever looks up by key compares the strings too.
 */
export function keyOf(text: string): number {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return 4294967296 * (2097151 & high) + (low >>> 0);
}
