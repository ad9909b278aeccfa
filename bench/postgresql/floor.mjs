// The raw limit of a first sync: rows of a bare cursor go straight into a table and its FTS5 index. Prints the milliseconds.
// Usage: node floor.mjs <address> <file>
import pg from "pg";
import Cursor from "pg-cursor";
import { openRaw } from "../raw-store.mjs";

const [address, file] = process.argv.slice(2);
const client = new pg.Client({ connectionString: address });
await client.connect();
const raw = openRaw(file);

const startedAt = performance.now();
await client.query("BEGIN READ ONLY");
const cursor = client.query(new Cursor("SELECT id, subject, body, status, priority, updated_at FROM tickets"));
let count = 0;
for (let rows = await cursor.read(1000); rows.length > 0; rows = await cursor.read(1000)) {
  raw.insert(
    rows.map(({ id, subject, body, updated_at }) => ({
      number: ++count,
      container: 1,
      id: `public.tickets:${id}`,
      title: subject,
      text: body,
      updated: updated_at.getTime(),
      version: String(id),
    })),
  );
}
await client.query("COMMIT");
console.log(JSON.stringify({ ms: performance.now() - startedAt, count }));
raw.close();
await client.end();
