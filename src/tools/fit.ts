import { fitsTwice } from "./budget.ts";

/** An answer in both its forms. */
export interface Fitted<Output> {
  output: Output;
  text: string;
}

/** The first of the shapes, from the fullest to the barest, that stays within the tokens in both its forms; else the barest. */
export function fitting<Level, Output>(
  tokens: number,
  levels: readonly Level[],
  shape: (level: Level) => Fitted<Output>,
): Fitted<Output> {
  for (const level of levels.slice(0, -1)) {
    const answer = shape(level);
    if (fitsTwice(answer.text, answer.output, tokens)) return answer;
  }
  return shape(levels.at(-1) as Level);
}
