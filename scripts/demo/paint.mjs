const { env, stdout } = process;
const coloured = !env.NO_COLOR && (Boolean(env.FORCE_COLOR) || stdout.isTTY === true) && env.TERM !== "dumb";

const style = (open, close) => (text) => (coloured ? `\u001b[${open}m${text}\u001b[${close}m` : text);

export const bold = style(1, 22);
export const dim = style(2, 22);
export const green = style(32, 39);
export const yellow = style(33, 39);
export const blue = style(36, 39);
export const red = style(31, 39);

/** Columns to fill: the terminal's, within reason; 88 where there is none. */
export const WIDTH = Math.max(60, Math.min(stdout.columns || 88, 100));

export function line(text = "") {
  stdout.write(`${text}\n`);
}

/** A step's headline: a number and what happens. */
export function heading(number, text) {
  line();
  line(`${bold(blue(String(number)))}  ${bold(text)}`);
  line();
}

/** Breaks plain text into lines of at most `width` characters, at spaces. */
export function wrap(text, width) {
  const lines = [];
  for (const paragraph of text.split("\n")) {
    let current = "";
    for (const word of paragraph.split(/\s+/)) {
      if (current !== "" && seen(current).length + 1 + seen(word).length > width) {
        lines.push(current);
        current = "";
      }
      current = current === "" ? word : `${current} ${word}`;
    }
    if (current !== "") lines.push(current);
  }
  return lines;
}

/** What is left of a text when its ** marks are painted. */
function seen(text) {
  return text.replaceAll("**", "");
}

/** A quoted passage: a rule down its left side, the words between ** and ** made bold. */
export function quote(passage) {
  let inside = false;
  for (const each of wrap(passage, WIDTH - 7)) {
    const parts = each.split("**").map((part, at) => {
      if (at > 0) inside = !inside;
      return inside ? bold(part) : part;
    });
    line(`     ${dim("│")} ${parts.join("")}`);
  }
}

/** Rows in aligned columns; the last column takes what is left and is cut there. */
export function table(rows, paint = []) {
  const widths = rows[0].slice(0, -1).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    const rest = WIDTH - 5 - widths.reduce((sum, width) => sum + width + 2, 0);
    const cells = row.map((cell, column) => {
      const fitted = column < widths.length ? cell.padEnd(widths[column]) : shortened(cell, rest);
      return paint[column] ? paint[column](fitted) : fitted;
    });
    line(`     ${cells.join("  ")}`.trimEnd());
  }
}

export function shortened(text, length) {
  return text.length <= length ? text : `${text.slice(0, Math.max(1, length - 1))}…`;
}
