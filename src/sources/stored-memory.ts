import type { Logger, Memory } from "../connectors/kit/index.ts";
import { ConnectorError } from "../model/index.ts";
import type { Store } from "../store/store.ts";

/** A source's memory in the store. What cannot be kept or read is forgotten: that costs a question more, no run. */
export function storedMemory(store: Pick<Store, "remember" | "recall">, source: string, log: Logger): Memory {
  const forgotten = (error: unknown): undefined => {
    log.debug("memory.failed", { source, says: ConnectorError.from(error).message });
  };
  return {
    get: (key) => store.recall(source, key).catch(forgotten),
    set: (key, value) => store.remember(source, key, value).catch(forgotten),
  };
}
