// Row 1: a first sync of a folder of Markdown against other indexers, whole processes, documents a second.
import { corpusFolder } from "../corpus.mjs";
import { median, ratio, seconds, whole } from "../measure.mjs";
import { headwater } from "./headwater.mjs";
import { qmd, recoll } from "./peers.mjs";

const BYTES = 3900;
const TARGETS = { recoll: 12, qmd: 6 };

export async function firstSync({ files, say }) {
  const folder = corpusFolder(files, BYTES);
  const product = headwater(folder);
  const runs = [await product.first()];
  const rows = [];
  for (const [name, open] of Object.entries({ recoll, qmd })) {
    const title = `1 first sync of ${whole(files)} files, docs/s ÷ ${name}`;
    const peer = await open();
    if (!peer) {
      rows.push({ name: title, target: `≥ ${TARGETS[name]}`, detail: "peer absent" });
      continue;
    }
    say(`${peer.name} indexes ${whole(files)} files …`);
    const peerMs = await peer.first(folder);
    runs.push(await product.first());
    const value = ratio(peerMs / median(runs.map((run) => run.ms)));
    const detail = `${seconds(median(runs.map((run) => run.ms)))} against ${seconds(peerMs)} of ${peer.name}`;
    rows.push({ name: title, value, target: `≥ ${TARGETS[name]}`, met: value >= TARGETS[name], detail });
  }
  const ms = median(runs.map((run) => run.ms));
  const detail = `${whole((files / ms) * 1000)} docs/s, peak memory ${median(runs.map((run) => run.peakMegabytes))} MB`;
  rows.push({ name: `1 first sync of ${whole(files)} files, seconds`, value: ratio(ms / 1000), detail });
  return rows;
}
