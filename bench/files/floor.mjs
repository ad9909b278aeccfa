// The raw limit: texts that are in memory already go into a table and its FTS5 index, with the settings that headwater
// uses, in one straight loop. Prints the milliseconds of that loop. Usage: node floor.mjs <documents> <bytes> <file>
import { openRaw } from "../raw-store.mjs";
import { documentAt, fileOf, folderOf } from "../text.mjs";

const [count, bytes, file] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const documents = Array.from({ length: count }, (_, number) => ({
  id: `${folderOf(number)}/${fileOf(number)}`,
  ...documentAt(number, bytes),
})).map(({ id, title, text }, number) => ({
  number: number + 1,
  container: (number / 250) | 0,
  id,
  title,
  text,
  updated: 1_786_000_000_000 + number,
  version: `${number}-${text.length}`,
}));
const raw = openRaw(file);

const startedAt = performance.now();
const spentBefore = process.cpuUsage();
for (let from = 0; from < count; from += 1000) raw.insert(documents.slice(from, from + 1000));
const ms = performance.now() - startedAt;
const spent = process.cpuUsage(spentBefore);
console.log(JSON.stringify({ ms, cpuMs: (spent.user + spent.system) / 1000 }));
raw.close();
