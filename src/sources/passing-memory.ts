import type { Memory } from "../connectors/kit/index.ts";

/** A memory that ends with the process, for places without a store. */
export function passingMemory(): Memory {
  const kept = new Map<string, unknown>();
  return {
    get: async (key) => kept.get(key),
    set: async (key, value) => void kept.set(key, value),
  };
}
