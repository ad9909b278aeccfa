import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { connect } from "../../src/store/sqlite/connect.ts";
import { loadDriver } from "../../src/store/sqlite/driver.ts";
import { eachRow } from "../../src/store/sqlite/each-row.ts";
import { migrate } from "../../src/store/sqlite/migrations.ts";
import { worlds } from "../contract/store/world.ts";

const { folder } = worlds((where, name) => openStore({ folder: where, tenant: name }));

/** Dates of change: none, one before 1970, one that many share, one far ahead. */
const DATES = [null, null, -62_135_596_800_000, 0, 1_790_000_000_000, 1_790_000_000_000, 1_790_000_000_000, 9e15];

describe.each([1, 2, 3, 7, 8, 9, 65_536])("of %i rows at once", (atOnce) => {
  test.each([
    ["every row of a source", { source: 1 }, [2, 5, 8, 11, 14, 17, 20, 23]],
    ["every row of a container", { container: 4 }, [2, 5, 8, 11, 14, 17, 20, 23]],
    ["no row of a source that has none", { source: 9 }, []],
  ])("%s is visited once", (_name, owner, expected) => {
    const connection = filled();
    const visited: number[] = [];
    eachRow(connection, owner, (row) => visited.push(row), atOnce);
    connection.close();
    expect(visited.sort((left, right) => left - right)).toEqual(expected);
  });
});

/** Three sources take turns, so that no one's rows stand side by side. */
function filled() {
  const file = join(folder(), "default.db");
  const connection = connect(loadDriver(), file, "writer");
  migrate(connection, file);
  const insert = connection.prepare(
    `INSERT INTO items (id, source, container, native_id, version, kind, title, updated_at, first_seen, changed_at)
     VALUES (?, ?, ?, ?, '1', 1, 'Tides', ?, 0, 0)`,
  );
  const shuffled = [5, 0, 7, 2, 6, 1, 4, 3];
  for (const at of shuffled) {
    for (const source of [0, 1, 2]) {
      const id = 1 + 3 * at + source;
      insert.run(id, source, 3 + source, `note ${id}.md`, DATES[(at * 5) % DATES.length] ?? null);
    }
  }
  return connection;
}
