// Row 15: a repository with 10,000 issues and 30,000 comments on a service 20 ms away. How much is asked beside what must be
// asked, and how fast items arrive beside a loop that reads the same lists one after the other and does nothing else.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOM } from "../corpus.mjs";
import { median, ratio, seconds, timedNode, whole } from "../measure.mjs";
import { startTwin } from "./twin-process.mjs";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const FLOOR = fileURLToPath(new URL("floor.mjs", import.meta.url));
const COUNTS = { issues: 10_000, comments: 30_000 };
const LATENCY_MS = 20;
const PAGE = 100;
const ROUNDS = 3;
/** The streams that a resync must ask about: the repository, issues, pull requests, comments, review comments. */
const STREAMS = 5;

export async function run({ say }) {
  const twin = await startTwin({ ...COUNTS, latencyMs: LATENCY_MS });
  try {
    const home = join(ROOM, "github");
    const product = source(home, twin);
    const least = COUNTS.issues / PAGE + COUNTS.comments / PAGE;
    const rounds = [];
    let first = [];
    for (let round = 0; round < ROUNDS; round++) {
      say(`round ${round + 1} of ${ROUNDS} …`);
      const floor = await timedNode([FLOOR, JSON.stringify(twin)], { room: ROOM });
      await twin.asked();
      rounds.push({ ours: await product.first(), floor });
      first = await twin.asked();
    }
    const again = await product.again();
    const resync = await twin.asked();
    const items = COUNTS.issues + COUNTS.comments;
    const ours = median(rounds.map((one) => one.ours.ms));
    const ideal = median(rounds.map((one) => one.floor.ms));
    const cpu = (who) => seconds(median(rounds.map((one) => one[who].cpuMs)));
    const share = median(rounds.map((one) => one.floor.ms / one.ours.ms));
    const asked = first.length / least;
    const unneeded = resync.filter((line) => !line.endsWith(" 304"));
    return [
      {
        name: `15 requests of a first sync of ${whole(items)} GitHub items ÷ the least`,
        value: ratio(asked),
        target: 1.1,
        met: asked <= 1.1,
        detail: `${first.length} against ${least}`,
      },
      {
        name: "15 requests of a sync without news",
        value: resync.length,
        target: STREAMS,
        met: resync.length <= STREAMS,
        detail: `${resync.length - unneeded.length} of them answered 304, ${seconds(again.ms)}`,
      },
      {
        name: `15 items per second at ${LATENCY_MS} ms ÷ a plain loop over the same pages`,
        value: ratio(share),
        target: "≥ 0.85",
        met: share >= 0.85,
        detail: `${whole((items / ours) * 1000)} against ${whole((items / ideal) * 1000)} a second, ${ROUNDS} pairs; processor ${cpu("ours")} against ${cpu("floor")}`,
      },
    ];
  } finally {
    await twin.close();
  }
}

/** headwater with one source over the repository, as a user runs it. */
function source(home, twin) {
  const [config, data] = [join(home, "headwater.yaml"), join(home, "data")];
  const options = {
    connector: "github",
    allowPrivateNetwork: true,
    baseUrl: twin.origin,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference in the configuration's own language.
    accessToken: "${BENCH_TOKEN}",
    repositories: [twin.repository],
    includeReadme: false,
    includeDiscussions: false,
  };
  const sync = async () => {
    const parameters = [CLI, "sync", "--config", config, "--data", data, "--json"];
    const run = await timedNode(parameters, { room: home, env: { BENCH_TOKEN: twin.token } });
    const [report] = JSON.parse(run.stdout).reports;
    if (report.state !== "succeeded") throw new Error(`The sync ended as ${report.state}: ${JSON.stringify(report)}`);
    return { ...run, report };
  };
  return {
    async first() {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(home, { recursive: true });
      writeFileSync(config, JSON.stringify({ sources: { mill: options } }));
      const run = await sync();
      const expected = COUNTS.issues + COUNTS.comments + 1;
      if (run.report.added !== expected) throw new Error(`${run.report.added} items instead of ${expected}.`);
      return run;
    },
    again: sync,
  };
}
