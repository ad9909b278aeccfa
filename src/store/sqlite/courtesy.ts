/** So long the writer stands aside at most, and so long it works at least before it does so again, in milliseconds. */
const LONGEST_WAIT_MS = 50;
const LEAST_WORK_MS = 10;

/** What both threads see: how many questions are being answered at this moment. */
export type Answering = Int32Array<SharedArrayBuffer>;

export function noAnswering(): Answering {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Works out an answer while the writer of the same store stands aside, if it asks. */
export function answered<T>(answering: Answering, action: () => T): T {
  Atomics.add(answering, 0, 1);
  try {
    return action();
  } finally {
    Atomics.sub(answering, 0, 1);
    Atomics.notify(answering, 0);
  }
}

/** The writer's side: who asks waits for seconds, a sync has minutes. */
export class Courtesy {
  readonly #answering: Answering;
  #workingSince = Number.NEGATIVE_INFINITY;

  constructor(answering: Answering) {
    this.#answering = answering;
  }

  /**
   * Called between two items, inside a transaction too. Blocks while a question is being answered; bounded, so that
   * questions without end make a sync slower, at most six times, and never stop it.
   */
  giveWay(): void {
    const questions = Atomics.load(this.#answering, 0);
    if (questions === 0 || performance.now() - this.#workingSince < LEAST_WORK_MS) return;
    Atomics.wait(this.#answering, 0, questions, LONGEST_WAIT_MS);
    this.#workingSince = performance.now();
  }
}
