import { connect } from "./connect.ts";
import type { Connection, Driver } from "./driver.ts";
import { sqliteCode } from "./failure.ts";
import { schemaVersion } from "./migrations.ts";

/**
 * A connection that reads. Reading a store with a log needs a small file for the log's index; where a full disk has no
 * room for it, each reading has the store for itself and keeps that index in memory, until there is room again.
 */
export function connectReader(driver: Driver, file: string): Connection {
  try {
    return readable(driver, file);
  } catch (error) {
    if (!isScarce(error)) throw error;
    return untilThereIsRoom(driver, file);
  }
}

function readable(driver: Driver, file: string, alone = false): Connection {
  const connection = connect(driver, file, alone ? "sole reader" : "reader");
  try {
    schemaVersion(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function isScarce(error: unknown): boolean {
  return ["SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN"].includes(sqliteCode(error) ?? "");
}

/** Opened for each snapshot and closed after it, since others are shut out meanwhile; kept once it opens as usual. */
function untilThereIsRoom(driver: Driver, file: string): Connection {
  let usual: Connection | undefined;
  let sole: Connection | undefined;
  const current = () => {
    if (usual ?? sole) return (usual ?? sole) as Connection;
    try {
      usual = readable(driver, file);
      return usual;
    } catch (error) {
      if (!isScarce(error)) throw error;
      sole = readable(driver, file, true);
      return sole;
    }
  };
  const letGo = () => {
    sole?.close();
    sole = undefined;
  };
  current();
  return {
    driver: driver.name,
    prepare: (sql) => current().prepare(sql),
    raw: (sql) => current().raw(sql),
    exec(sql) {
      try {
        current().exec(sql);
      } finally {
        if (sql === "ROLLBACK") letGo();
      }
    },
    close() {
      letGo();
      usual?.close();
    },
  };
}
