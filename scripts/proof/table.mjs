/** A figure's name in words: "requestsToMinimum" is "requests to minimum". */
const words = (name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const shown = (figures) =>
  Object.entries(figures)
    .map(([name, value]) => `${value.toLocaleString("en-US")} ${words(name)}`)
    .join(", ");

const START = "<!-- proof -->";
const END = "<!-- end of proof -->";

/** The table of the README from the results of `npm run proof`: a line for each fault, what was done and what came of it. */
export function proofTable({ node, proofs }) {
  const lines = proofs.map(
    ({ what, figures, held }) => `| ${what} | ${shown(figures)} | ${held ? "held" : "**not held**"} |`,
  );
  return [
    "| what was done | figures | |",
    "|---|---|---|",
    ...lines,
    "",
    `Measured with Node ${node}; run it: \`npm run proof\`.`,
  ].join("\n");
}

/** What stands between the marks of a page. */
export function between(page) {
  return page.slice(page.indexOf(START) + START.length, page.indexOf(END)).trim();
}

/** The page with another text between its marks. */
export function withBetween(page, text) {
  return `${page.slice(0, page.indexOf(START) + START.length)}\n${text}\n${page.slice(page.indexOf(END))}`;
}
