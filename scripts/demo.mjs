// npm run demo: syncs the sample vault, asks it three questions over MCP, changes it, and shows what changed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectAssistant, unmarked } from "./demo/assistant.mjs";
import { blue, bold, dim, green, heading, line, quote, red, shortened, table, WIDTH, yellow } from "./demo/paint.mjs";
import { makeWorkspace } from "./demo/workspace.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const CLI = join(root, "dist", "cli.js");
const KEEP = process.argv.includes("--keep");

const STOP_QUESTION = "What is the stop rule?";
const QUESTIONS = ["When is the second instalment of the grant paid?", "Who is allergic to celery?", STOP_QUESTION];
const EDITED = "How we work/The stop rule.md";
const DELETED = "Reading/Leaky dams.md";

/** Runs one command of the CLI with its output, and its progress, on this terminal. */
async function headwater(...args) {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "inherit", "inherit"] });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`\`headwater ${args[0]}\` ended with code ${code}; its last lines are above`);
}

async function firstSync(workspace) {
  heading(1, "Sync a vault: notes, letters as PDF, a mail, a budget, a flood");
  await headwater("sync", "--config", workspace.config, "--data", workspace.data);
}

async function showTools(assistant) {
  heading(2, "Connect an MCP client over stdio, as Claude, Cursor or VS Code would");
  const tools = await assistant.tools();
  line(`     ${green("✓")} ${assistant.server.name} ${assistant.server.version}, ${tools.length} tools`);
  line();
  table(
    tools.map((tool) => [tool.name, tool.description.split(/(?<=\.)\s|:\s/)[0]]),
    [bold, dim],
  );
}

async function ask(assistant, question) {
  const search = await assistant.call("search", { query: question, limit: 4 });
  const [best, ...others] = search.answer.results;
  if (!best) throw new Error(`search found nothing for “${question}”`);
  const read = await assistant.call("fetch", { id: best.id });
  line(`  ${yellow("?")}  ${bold(question)}`);
  line();
  line(`     ${green(best.title)}  ${dim(factsOf(read.answer.metadata))}`);
  quote(withoutTitle(unmarked(best.snippet), best.title));
  line(`     ${blue(best.url)}`);
  const linked = (read.answer.related ?? []).map(({ title }) => title);
  if (linked.length > 0) listing("linked", linked);
  if (others.length > 0)
    listing(
      "also",
      others.map(({ title }) => title),
    );
  line(`     ${dim(`search ${search.ms} ms · fetch ${read.ms} ms, ${read.answer.metadata.length}`)}`);
}

/** A passage from the top of a note begins with its title, which is shown above it already. */
function withoutTitle(passage, title) {
  const words = passage.split(" ");
  const named = title.split(" ").every((word, at) => words[at]?.replaceAll("**", "") === word);
  return named ? words.slice(title.split(" ").length).join(" ") : passage;
}

/** Who wrote it and when, in the service's own words. */
function factsOf({ kind, authors, created_at: createdAt }) {
  const by = authors?.replace(/\buser:/g, "");
  return [kind, by && `by ${by}`, createdAt?.slice(0, 10)].filter(Boolean).join(", ");
}

function listing(label, titles) {
  line(`     ${dim(shortened(`${label}: ${[...new Set(titles)].join(" · ")}`, WIDTH - 5))}`);
}

async function changeTheWorld(assistant, workspace) {
  heading(4, "Meanwhile, on the bank: one note is edited, one is deleted");
  const since = new Date().toISOString();
  workspace.edit(EDITED, "0.70 m", "0.65 m");
  workspace.delete(DELETED);
  line(`     ${yellow("~")} ${EDITED}  ${dim("0.70 m becomes 0.65 m")}`);
  line(`     ${red("-")} ${DELETED}`);
  line();
  const sync = await assistant.call("sync_source", { source: "trust" });
  const { updated, deleted, unchanged, state } = sync.answer;
  line(`     ${green("✓")} sync_source: ${state}, ${updated} updated, ${deleted} deleted, ${unchanged} unchanged`);
  line();
  line(`     recent_changes:`);
  const changes = await assistant.call("recent_changes", { since });
  table(
    changes.answer.changes.map(({ verb, title, id }) => [verb, title, id]),
    [yellow, undefined, dim],
  );
  if (updated !== 1 || deleted !== 1) throw new Error("the sync should have met one edited and one deleted note");
  line();
  await ask(assistant, STOP_QUESTION);
}

function whatNext(workspace) {
  heading(5, "Where everything is, and what to type next");
  const kept = KEEP ? [["This demo's folder", workspace.folder]] : [];
  table(
    [
      ...kept,
      ["The sample vault", "examples/workspace (open it in Obsidian)"],
      ["A sample configuration", "examples/headwater.yaml"],
      ["Your own notes", "node dist/cli.js init"],
      ["The sample, to keep", "node dist/cli.js init --demo"],
      ["Ask in the terminal", 'node dist/cli.js search "who takes the hay"'],
      ["For your assistant", `node ${CLI} serve`],
    ],
    [undefined, bold],
  );
  line();
  line(`     ${dim("The README shows where each assistant keeps its configuration.")}`);
  if (!KEEP) line(`     ${dim("The demo's own folder is removed now; `npm run demo -- --keep` leaves it.")}`);
  line();
}

async function main() {
  if (!existsSync(CLI)) throw new Error("dist/cli.js is not built. Run it as: npm run demo");
  const workspace = makeWorkspace(root);
  let assistant;
  const leave = (code) => {
    if (!KEEP) workspace.remove();
    process.exit(code);
  };
  process.once("SIGINT", () => leave(130));
  process.stdout.on("error", () => leave(0)); // whoever read along has seen enough
  try {
    await firstSync(workspace);
    assistant = await connectAssistant(process.execPath, [
      CLI,
      "serve",
      "--config",
      workspace.config,
      "--data",
      workspace.data,
    ]);
    await showTools(assistant);
    heading(3, "Ask three questions: `search` finds the passage, `fetch` reads the item and its links");
    for (const [at, question] of QUESTIONS.entries()) {
      if (at > 0) line();
      await ask(assistant, question);
    }
    await changeTheWorld(assistant, workspace);
    whatNext(workspace);
  } finally {
    await assistant?.close();
    if (!KEEP) workspace.remove();
  }
}

main().catch((error) => {
  process.stderr.write(`\n${red("The demo stopped:")} ${error.message}.\n`);
  process.exitCode = 1;
});
