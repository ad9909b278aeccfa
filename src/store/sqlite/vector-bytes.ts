/** How many bits are kept for so many numbers: whole bytes. */
export function paddedTo8(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** One bit for each number: whether it is above zero. */
export function signsOf(vector: Float32Array): Uint8Array {
  const bits = new Uint8Array(paddedTo8(vector.length) / 8);
  for (const [index, value] of vector.entries()) {
    if (value > 0) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return bits;
}

/** The numbers as bytes from -127 to 127: angles between vectors stay what they are, nearly. */
export function wholeNumbers(vector: Float32Array): Uint8Array {
  const most = vector.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  return new Uint8Array(Int8Array.from(vector, (value) => Math.round((value / most) * 127)).buffer);
}
