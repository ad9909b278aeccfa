/** A set of UIDs as the protocol writes it, `1:40,42`; empty text for the empty set. Small, however many they are. */
export type UidText = string;

/** Ranges in order, none touching the next. */
export class UidSet {
  readonly ranges: readonly (readonly [from: number, to: number])[];

  private constructor(ranges: readonly (readonly [number, number])[]) {
    this.ranges = ranges;
  }

  static readonly empty = new UidSet([]);

  /** Any order, repetitions allowed. */
  static of(uids: Iterable<number>): UidSet {
    return UidSet.#joined([...uids].map((uid) => [uid, uid]));
  }

  /** Reads RFC 9051 `sequence-set` without `*`; what is none is left out. */
  static parse(text: UidText): UidSet {
    const ranges = text.split(",").flatMap((part): [number, number][] => {
      const found = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(part.trim());
      if (found === null) return [];
      const [a, b] = [Number(found[1]), Number(found[2] ?? found[1])];
      return [[Math.min(a, b), Math.max(a, b)]];
    });
    return UidSet.#joined(ranges);
  }

  static #joined(ranges: (readonly [number, number])[]): UidSet {
    const sorted = ranges.sort((left, right) => left[0] - right[0]);
    const joined: [number, number][] = [];
    for (const [from, to] of sorted) {
      const last = joined.at(-1);
      if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
      else joined.push([from, to]);
    }
    return new UidSet(joined);
  }

  get size(): number {
    return this.ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  }

  get highest(): number {
    return this.ranges.at(-1)?.[1] ?? 0;
  }

  toString(): UidText {
    return this.ranges.map(([from, to]) => (from === to ? String(from) : `${from}:${to}`)).join(",");
  }

  has(uid: number): boolean {
    let [low, high] = [0, this.ranges.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [from, to] = this.ranges[middle] as readonly [number, number];
      if (uid < from) high = middle - 1;
      else if (uid > to) low = middle + 1;
      else return true;
    }
    return false;
  }

  with(other: UidSet): UidSet {
    if (other.ranges.length === 0) return this;
    return UidSet.#joined([...this.ranges, ...other.ranges]);
  }

  without(other: UidSet): UidSet {
    if (other.ranges.length === 0) return this;
    const left: [number, number][] = [];
    let at = 0;
    for (const [start, end] of this.ranges) {
      let from = start;
      while (at < other.ranges.length && (other.ranges[at] as readonly [number, number])[1] < from) at += 1;
      for (let cut = at; cut < other.ranges.length && from <= end; cut++) {
        const [low, high] = other.ranges[cut] as readonly [number, number];
        if (low > end) break;
        if (low > from) left.push([from, low - 1]);
        from = Math.max(from, high + 1);
      }
      if (from <= end) left.push([from, end]);
    }
    return new UidSet(left);
  }

  /** What both have. */
  and(other: UidSet): UidSet {
    return this.without(this.without(other));
  }

  /** The highest `count` of them. */
  newest(count: number): UidSet {
    const taken: [number, number][] = [];
    let left = count;
    for (let at = this.ranges.length - 1; at >= 0 && left > 0; at--) {
      const [from, to] = this.ranges[at] as readonly [number, number];
      const start = Math.max(from, to - left + 1);
      taken.unshift([start, to]);
      left -= to - start + 1;
    }
    return new UidSet(taken);
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [from, to] of this.ranges) for (let uid = from; uid <= to; uid++) yield uid;
  }
}
