import { type Connector, ConnectorError, type Push } from "../../src/connectors/kit/index.ts";

/** News that a test sends, for a connector that has a push feed. */
export class Wire {
  readonly #waiting: Push<unknown>[] = [];
  #wake: () => void = () => {};
  subscriptions = 0;
  breaks = 0;

  send(push: Push<unknown>): void {
    this.#waiting.push(push);
    this.#wake();
  }

  cut(): void {
    this.breaks += 1;
    this.#wake();
  }

  async *follow(signal: AbortSignal): AsyncGenerator<Push<unknown>> {
    this.subscriptions += 1;
    const cutBefore = this.breaks;
    yield {};
    while (!signal.aborted) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else if (this.breaks > cutBefore) throw new ConnectorError("unavailable", "The wire broke.");
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
    }
  }
}

export function withWire(connector: Connector, wire: Wire): Connector {
  return { ...connector, live: (ctx) => wire.follow(ctx.signal) };
}
