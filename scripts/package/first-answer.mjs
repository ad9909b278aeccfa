// The first five minutes: `npx headwater init --yes` and a search, then an assistant set up and started as its file says.
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { run, runOnTerminal, toolsOf } from "./run.mjs";

/** A person waits so long for the first answer and no longer. */
const LONGEST_MS = 60_000;

/** Sets headwater up from its tarball, asking nothing, and finds the first note. `driver` is the SQLite that has to be at work. */
export async function firstAnswer({ env, cwd }, tarball, driver) {
  const options = { env, cwd, timeout: 2 * LONGEST_MS }; // A question would wait for ever.
  const headwater = (...args) => ["npx", ["--yes", "--package", tarball, "headwater", ...args], options];
  const started = Date.now();
  const said = await runOnTerminal(...headwater("init", "--yes"));
  // Clack's mark of an open question, and npm's words.
  if (/◆|proceed\?/.test(said)) throw new Error(`It asked:\n${said}`);
  if (!(await run(...headwater("search", "eels"))).includes("Weir")) throw new Error("The first search found nothing.");
  const tookMs = Date.now() - started;
  const { checks } = JSON.parse(await run(...headwater("doctor", "--json")));
  const store = checks.find(({ name }) => name === "store")?.says ?? "no store";
  if (!store.includes(`, ${driver} `)) throw new Error(`Not ${driver} is at work: ${store}`);
  const seconds = `${(tookMs / 1000).toFixed(1)} s`;
  if (tookMs > LONGEST_MS) throw new Error(`The first answer came after ${seconds}.`);
  const [node, npm] = await Promise.all(["node", "npm"].map((program) => run(program, ["--version"], options)));
  return `first answer after ${seconds} with Node ${node.trim()}, npm ${npm.trim()}, ${driver}`;
}

/**
 * From a registry that knows nothing but headwater: `install` writes `npx -y headwater serve`, which is what the README's
 * links say, too, and started with those words it lists its tools.
 */
export async function throughRegistry({ env, cwd, home }, packed, links) {
  const server = await registryOf(packed);
  const own = { ...env, npm_config_registry: `http://127.0.0.1:${server.address().port}/` };
  try {
    const headwater = (...args) => run("npx", ["-y", "headwater", ...args], { env: own, cwd });
    await headwater("install", "--client", "cursor");
    const file = join(home, ".cursor", "mcp.json");
    const entry = JSON.parse(readFileSync(file, "utf8")).mcpServers.headwater;
    for (const [link, { type: _, ...said }] of Object.entries(links))
      if (!isDeepStrictEqual(said, entry))
        throw new Error(`${link} says ${JSON.stringify(said)}, the file ${JSON.stringify(entry)}`);
    const tools = await toolsOf(entry.command, entry.args, { env: own, cwd: "/" });
    if (!tools.includes("search")) throw new Error(`It listed ${tools.join(", ")}`);
    await headwater("uninstall");
    if (existsSync(file)) throw new Error(`${file} is still there.`);
    return `${[entry.command, ...entry.args].join(" ")} lists ${tools.length} tools; so say ${Object.keys(links).join(" and ")}`;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** What the README's links hold, by their clients. */
export function linksIn(readme) {
  const found = (title) => new URL(new RegExp(`\\[${title}\\]\\((\\S+)\\)`).exec(readme)?.[1] ?? "none:");
  const config = (title) => found(title).searchParams.get("config") ?? "";
  return {
    "Add to Cursor": JSON.parse(Buffer.from(config("Add to Cursor"), "base64").toString()),
    "Add to VS Code": JSON.parse(config("Add to VS Code")),
  };
}

/** npm's registry as far as headwater's own page and tarball. */
function registryOf({ manifest, tarball, integrity }) {
  const server = createServer((request, response) => {
    const tarballUrl = `http://${request.headers.host}/headwater.tgz`;
    if (request.url === "/headwater.tgz") return void createReadStream(tarball).pipe(response);
    if (request.url !== "/headwater") return void response.writeHead(404).end("{}");
    const { version } = manifest;
    const versions = { [version]: { ...manifest, dist: { tarball: tarballUrl, integrity } } };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ name: manifest.name, "dist-tags": { latest: version }, versions }));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
