/**
 * Rebuilds an object from its base: copies of stretches of it, and new bytes between them
 * (https://git-scm.com/docs/gitformat-pack#_deltified_representation, 2026-11). Undefined when the delta does not fit.
 */
export function applyDelta(base: Buffer, delta: Buffer, mostBytes: number): Buffer | undefined {
  const reader = { delta, at: 0 };
  const [baseSize, size] = [lengthIn(reader), lengthIn(reader)];
  if (baseSize !== base.length || size > mostBytes) return undefined;
  const parts: Buffer[] = [];
  let made = 0;
  while (reader.at < delta.length) {
    const part = partOf(base, reader);
    if (part === undefined || part.length === 0) return undefined;
    made += part.length;
    if (made > size) return undefined;
    parts.push(part);
  }
  return made === size ? Buffer.concat(parts, size) : undefined;
}

interface Reader {
  readonly delta: Buffer;
  at: number;
}

function partOf(base: Buffer, reader: Reader): Buffer | undefined {
  const { delta } = reader;
  const told = delta[reader.at++] as number;
  if (told & 0x80) {
    const offset = number(reader, told, 4);
    const length = number(reader, told >> 4, 3) || 0x10000;
    return offset + length <= base.length ? base.subarray(offset, offset + length) : undefined;
  }
  const end = reader.at + told;
  const part = end <= delta.length ? delta.subarray(reader.at, end) : undefined;
  reader.at = end;
  return part;
}

/** Up to four bytes, the lowest first; a bit for each tells whether it is there. */
function number(reader: Reader, present: number, bytes: number): number {
  let value = 0;
  for (let at = 0; at < bytes; at++) if (present & (1 << at)) value += (reader.delta[reader.at++] ?? 0) * 2 ** (8 * at);
  return value;
}

function lengthIn(reader: Reader): number {
  let [length, factor] = [0, 1];
  for (;;) {
    const byte = reader.delta[reader.at++] ?? 0;
    length += (byte & 0x7f) * factor;
    factor *= 128;
    if ((byte & 0x80) === 0 || factor > 2 ** 42) return length;
  }
}
