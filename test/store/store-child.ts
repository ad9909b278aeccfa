import { openStore } from "../../src/store/open.ts";

/**
 * A process with a store of its own. Arguments: what to do, then the folder.
 * "open": open, write one item under a source of its own, close. "write": write pages until killed, saying each cursor.
 * "read": open, read, and say how many threads were started.
 */
const [task, folder = "", name = "notes"] = process.argv.slice(2);

let threads = 0;
process.on("worker", () => {
  threads += 1;
});

const store = await openStore({ folder, tenant: "default" });
if (task === "read") {
  const { items } = await store.items({ limit: 10, viewer: "everything" });
  await store.search({ query: "heron", limit: 5, viewer: "everything" });
  process.send?.({ items: items.length, threads });
} else {
  const lease = await store.lease(name, 60_000);
  const { cursor } = await store.progress({ source: name });
  const first = cursor === undefined ? 0 : Number(cursor) + 1;
  for (let page = first; lease && page < (task === "open" ? first + 1 : 1_000_000); page++) {
    const upserts = Array.from({ length: 5 }, (_, index) => ({
      item: {
        id: `${page}-${index}`,
        kind: "note",
        title: `Heron ${page}-${index}`,
        version: "1",
        authors: [],
        tags: [],
        fields: {},
        relations: [],
        aliases: [],
      },
      text: `A heron at mile ${page}, day ${index}.`,
    }));
    const batch = { upserts, seenRows: [], deletes: [], lost: [], failures: [] };
    await store.apply({ source: name }, lease.fence, batch, { cursor: page, options: {} }, new Date().toISOString());
    process.send?.({ page });
  }
  await lease?.release();
}
await store.close();
process.disconnect?.();
