/** Where the lines of a text begin. */
export interface Lines {
  readonly count: number;
  /** The number of the line that holds this place, from 1. */
  at(offset: number): number;
  /** Where a line begins; undefined beyond the last. */
  offsetOf(line: number): number | undefined;
}

export function linesOf(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0 && at + 1 < text.length; at = text.indexOf("\n", at + 1))
    starts.push(at + 1);
  return {
    count: text === "" ? 0 : starts.length,
    at(offset) {
      let [low, high] = [0, starts.length - 1];
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (starts[middle]! <= offset) low = middle;
        else high = middle - 1;
      }
      return low + 1;
    },
    offsetOf: (line) => starts[line - 1],
  };
}
