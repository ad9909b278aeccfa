import { readFileSync } from "node:fs";
import { ConnectorError } from "../kit/index.ts";

/**
 * The password in a file: the file as a whole, or the first fitting line where its lines have the form of .pgpass,
 * `host:port:database:user:password` (https://www.postgresql.org/docs/current/libpq-pgpass.html). Undefined when no line fits.
 */
export function passwordIn(
  path: string,
  reach: { host: string; port: number; database: string; user: string },
): string | undefined {
  const lines = read(path)
    .split(/\r?\n/)
    .filter((line) => line !== "" && !line.startsWith("#"));
  const entries = lines.map(fieldsOf);
  if (!entries.every((fields) => fields.length === 5)) return lines[0];
  const wanted = [reach.host, String(reach.port), reach.database, reach.user];
  return entries.find((fields) => wanted.every((value, at) => fields[at] === "*" || fields[at] === value))?.[4];
}

/** Parted by colons; a backslash takes the next character as it is. */
function fieldsOf(line: string): string[] {
  const fields = [""];
  for (let at = 0; at < line.length; at++) {
    const [letter, next] = [line[at] as string, line[at + 1]];
    if (letter === ":" && fields.length < 5) fields.push("");
    else if (letter === "\\" && next !== undefined) {
      fields[fields.length - 1] += next;
      at += 1;
    } else fields[fields.length - 1] += letter;
  }
  return fields;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConnectorError("config", "The file that passwordFile names cannot be read.", {
      hint: "Check the path and that your user may read it.",
      cause,
    });
  }
}
