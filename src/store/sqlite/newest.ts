import { expressionOf, type Limits, unwantedOf } from "../query/expression.ts";
import type { Connection } from "./driver.ts";
import { frequencyOf } from "./frequency.ts";
import { passing, type Ranked } from "./ranked.ts";
import { datedSpan, monthOf, monthToken } from "./search-months.ts";
import type { Condition } from "./visibility.ts";

const FEW = 2000;

/** The items inside the limits, last edited first; those without a date last. Walks back month by month. */
export function newestOf(
  connection: Connection,
  limits: Limits,
  check: Condition,
  seen: ReadonlySet<number>,
  wanted: number,
): Ranked[] {
  const found: Ranked[] = [];
  const whole = expressionOf("", limits);
  const span = datedSpan(connection);
  const take = (expression: string) => {
    const rows = inOrder(connection, expression);
    found.push(...passing(connection, rows, check, seen));
    return found.length >= wanted;
  };
  if (whole !== undefined && frequencyOf(connection, whole) <= FEW) take(whole);
  else {
    for (let month = span === undefined ? 0 : monthOf(span.newest); span && month >= monthOf(span.oldest); month--) {
      const expression = expressionOf("", { ...limits, groups: [...limits.groups, [monthToken(month)]] });
      if (expression !== undefined && take(expression)) break;
    }
    if (found.length < wanted) found.push(...undated(connection, limits, check, seen, wanted - found.length));
  }
  return found.slice(0, wanted);
}

function inOrder(connection: Connection, expression: string): Ranked[] {
  return connection
    .raw(
      `SELECT i.id FROM (SELECT rowid AS id FROM fts WHERE fts MATCH ?) AS met CROSS JOIN items i ON i.id = met.id
       ORDER BY i.updated_at DESC, i.id DESC`,
    )
    .all(expression)
    .map(([row]) => ({ row: Number(row), score: 0 }));
}

function undated(
  connection: Connection,
  limits: Limits,
  check: Condition,
  seen: ReadonlySet<number>,
  wanted: number,
): Ranked[] {
  const met = (expression: string | undefined, not: string) =>
    expression === undefined ? "" : `AND ${not} EXISTS (SELECT 1 FROM fts WHERE fts.rowid = i.id AND fts MATCH ?)`;
  const whole = expressionOf("", limits);
  const unwanted = whole === undefined ? unwantedOf(limits) : undefined;
  const rows = connection
    .raw(
      `SELECT i.id FROM sources s CROSS JOIN items i ON i.source = s.id AND i.updated_at IS NULL
       WHERE ${check.sql} ${met(whole, "")} ${met(unwanted, "NOT")} ORDER BY i.id DESC LIMIT ?`,
    )
    .all(...check.parameters, ...[whole, unwanted].filter((each) => each !== undefined), wanted + seen.size)
    .map(([row]) => ({ row: Number(row), score: 0 }));
  return rows.filter((each) => !seen.has(each.row));
}
