import { describe, test } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { type DriverName, loadDriver } from "../../src/store/sqlite/driver.ts";
import { testStore } from "../contract/store.ts";

const DRIVERS: DriverName[] = ["better-sqlite3", "node:sqlite"];
const loads = (name: DriverName) => {
  try {
    return loadDriver(name).name === name;
  } catch {
    return false;
  }
};

for (const driver of DRIVERS.filter(loads)) {
  testStore(`SQLite by ${driver}`, (folder, tenant) => openStore({ folder, tenant, driver }));
}

for (const absent of DRIVERS.filter((name) => !loads(name))) {
  console.warn(`The store suite did not run by ${absent}: it does not load in Node ${process.versions.node}.`);
  describe.skip(`SQLite by ${absent}, which does not load in Node ${process.versions.node}`, () => test("all of it"));
}
