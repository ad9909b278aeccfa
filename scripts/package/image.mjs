// The Dockerfile where there is no Docker: its instructions in their order, each stage in a folder of its own.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { run, toolsOf } from "./run.mjs";

/** Folders of the image that are named by their full names. */
const ABSOLUTE = /(?<![\w.])\/(?:app|build|config|data)(?=[/\s"]|$)/g;

/** What each instruction does to the stage it stands in. */
const INSTRUCTIONS = {
  WORKDIR(stage, path) {
    stage.workdir = path;
    mkdirSync(inside(stage, "."), { recursive: true });
  },
  COPY(stage, rest, { root, context, stages }) {
    const [, from, paths] = /^(?:--from=(\S+) )?(.+)$/.exec(rest);
    const words = paths.split(/\s+/);
    const to = words.pop();
    for (const path of words) {
      if (from === undefined && !context.has(path)) throw new Error(`.dockerignore keeps ${path} out.`);
      const source = join(from === undefined ? root : stages[from].folder, path);
      const target = inside(stage, to);
      cpSync(source, to.endsWith("/") ? join(target, basename(path)) : target, { recursive: true });
    }
  },
  // Users are not switched and files not given away: that takes root.
  RUN: (stage, rest, { env }) =>
    run("sh", ["-ec", inFolder(stage, rest.replace(/chown \S+ \S+/g, "true"))], {
      env: { ...env, ...stage.env },
      cwd: inside(stage, "."),
    }),
  ENV(stage, rest) {
    for (const [, name, value] of rest.matchAll(/(\w+)=(\S+)/g)) stage.env[name] = inFolder(stage, value);
  },
  ENTRYPOINT(stage, rest) {
    stage.entrypoint = JSON.parse(rest).map((word) => inFolder(stage, word));
  },
  CMD(stage, rest) {
    stage.command = JSON.parse(rest);
  },
};
/** What says nothing about files and programs. */
const SAYS_ONLY = new Set(["LABEL", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL"]);

/** Builds all stages and answers the last: its folder, its environment, and what it starts. */
async function buildImage(root, folder, env) {
  const context = contextOf(readFileSync(join(root, ".dockerignore"), "utf8"));
  const stages = {};
  let stage;
  for (const [word, rest] of instructionsOf(readFileSync(join(root, "Dockerfile"), "utf8"))) {
    if (word === "FROM") {
      const name = / AS (\S+)/i.exec(rest)?.[1] ?? "last";
      stage = { folder: join(folder, name), workdir: "/", env: {} };
      stages[name] = stage;
      mkdirSync(stage.folder, { recursive: true });
    } else if (INSTRUCTIONS[word]) await INSTRUCTIONS[word](stage, rest, { root, context, stages, env });
    else if (!SAYS_ONLY.has(word)) throw new Error(`${word} is not known to this check.`);
  }
  return stage;
}

/** Where a path of the image lies here. */
function inside(stage, path) {
  return join(stage.folder, path.startsWith("/") ? path : join(stage.workdir, path));
}

function inFolder(stage, text) {
  return text.replace(ABSOLUTE, (path) => join(stage.folder, path));
}

/** Builds it, then has it sync a folder, find a note, and list its tools, as its first lines say. */
export async function checkImage(root, folder, { env, home }) {
  const image = await buildImage(root, folder, env);
  const notes = JSON.stringify(join(home, "Notes"));
  writeFileSync(
    join(image.folder, "config", "headwater.yaml"),
    `version: 1\nsources: { notes: { connector: files, paths: ${notes} } }\n`,
  );
  const [program, ...first] = image.entrypoint;
  const options = { env: { ...env, ...image.env }, cwd: join(image.folder, "app") };
  await run(program, [...first, "sync", "notes"], options);
  if (!(await run(program, [...first, "search", "eels"], options)).includes("Weir"))
    throw new Error("Nothing was found.");
  const tools = await toolsOf(program, [...first, ...image.command], options);
  return `built instruction by instruction, synced, searched, ${tools.length} tools listed`;
}

/** The names that are let in again after `*`. */
function contextOf(text) {
  const [first, ...others] = text.split("\n").filter((line) => line !== "");
  if (first !== "*" || others.some((line) => !line.startsWith("!")))
    throw new Error(".dockerignore: * and names with ! are known here.");
  return new Set(others.map((line) => line.slice(1)));
}

function instructionsOf(text) {
  const lines = text
    .replace(/^#.*\n/gm, "")
    .replace(/\\\n\s*/g, " ")
    .split("\n");
  return lines.filter((line) => line.trim() !== "").map((line) => /^(\w+) +(.+)$/.exec(line).slice(1));
}
