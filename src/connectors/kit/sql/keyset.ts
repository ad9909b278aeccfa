import type { Statement } from "./statement.ts";

/** `(a, b) > ($1, $2)`: what comes behind a position when rows are in the order of these columns, ties included. */
export function behind(statement: Statement, columns: readonly string[], position: readonly string[]): string {
  const names = columns.map((column) => statement.name(column)).join(", ");
  const values = position.map((value) => statement.bind(value)).join(", ");
  return `(${names}) > (${values})`;
}

/** The row whose key has these values. */
export function equal(statement: Statement, columns: readonly string[], values: readonly string[]): string {
  return columns.map((column, at) => `${statement.name(column)} = ${statement.bind(values[at])}`).join(" AND ");
}
