const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
};

/** The form of a time span in the configuration: `30s`, `10m`, `2h`, `1d`, `2w`. */
export const DURATION = /^(\d{1,6}(?:\.\d{1,3})?)\s?(s|m|h|d|w)$/;

/** The form of a size in the configuration: `900KB`, `25MB`, `1GiB`, or a bare number of bytes. */
export const BYTE_COUNT = /^(\d{1,12}(?:\.\d{1,3})?)\s?(B|KB|MB|GB|KiB|MiB|GiB)?$/i;

/** Milliseconds of a time span such as `10m`; undefined when it is none. */
export function durationMs(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text.trim()) ?? [];
  return amount && unit ? Math.round(Number(amount) * (SECONDS[unit] ?? 0) * 1000) : undefined;
}

/** Bytes of a size such as `25MB`; undefined when it is none. */
export function byteCount(text: string | number): number | undefined {
  const [, amount, unit] = BYTE_COUNT.exec(String(text).trim()) ?? [];
  return amount ? Math.round(Number(amount) * (BYTES[(unit ?? "B").toUpperCase()] ?? 1)) : undefined;
}
