import { openStore } from "../../src/store/open.ts";
import type { ChangingTree } from "./tree.ts";

export interface Difference {
  lost: string[];
  duplicate: string[];
  extra: string[];
  corrupt: string[];
}

/** Holds the store against the folder: every file once, with its words, and nothing else. */
export async function compareTree(tree: ChangingTree): Promise<Difference> {
  const store = await openStore({ folder: tree.data, tenant: "default" });
  try {
    const difference: Difference = { lost: [], duplicate: [], extra: [], corrupt: await store.verify("full") };
    const files = tree.files();
    const stored = new Map<string, string | undefined>();
    for await (const { item, text } of store.everything({ sources: ["notes"] })) {
      if (stored.has(item.id)) difference.duplicate.push(item.id);
      stored.set(item.id, text);
    }
    for (const [path, content] of files) {
      const serial = /serial\d+/.exec(content)?.[0] as string;
      if (!stored.get(path)?.includes(serial)) difference.lost.push(path);
      const { hits } = await store.search({ query: serial, limit: 5, viewer: "everything" });
      if (!hits.some((hit) => hit.id === path)) difference.lost.push(`${path} (not found by search)`);
    }
    for (const id of stored.keys()) if (!files.has(id)) difference.extra.push(id);
    return difference;
  } finally {
    await store.close();
  }
}

export const NO_DIFFERENCE: Difference = { lost: [], duplicate: [], extra: [], corrupt: [] };
