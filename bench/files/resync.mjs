// Row 3: a sync of a folder in which nothing changed, whole processes, wall time. And the memory of its first sync.
import { corpusFolder } from "../corpus.mjs";
import { median, ratio, seconds, whole } from "../measure.mjs";
import { headwater } from "./headwater.mjs";
import { qmd, recoll, rsync } from "./peers.mjs";

const BYTES = 1000;
const ROUNDS = 5;
const TARGETS = { rsync: 2, recoll: 0.5, qmd: 0.2 };

export async function resync({ resyncFiles, say }) {
  const folder = corpusFolder(resyncFiles, BYTES);
  const product = headwater(folder);
  say(`headwater syncs ${whole(resyncFiles)} files …`);
  const first = await product.first();
  await product.again();
  const rows = [];
  for (const [name, open] of Object.entries({ rsync, recoll, qmd })) {
    const title = `3 no-change sync of ${whole(resyncFiles)} files, time ÷ ${name}`;
    const peer = await open();
    if (peer) say(`${peer.name} takes in ${whole(resyncFiles)} files …`);
    rows.push(peer ? await compared(product, peer, folder, title, TARGETS[name]) : absent(title, TARGETS[name]));
  }
  const megabytes = { name: `memory of a first sync of ${whole(resyncFiles)} files, MB`, value: first.peakMegabytes };
  return [...rows, { ...megabytes, detail: `${seconds(first.ms)}, ${whole((resyncFiles / first.ms) * 1000)} docs/s` }];
}

async function compared(product, peer, folder, title, target) {
  await peer.first(folder);
  await peer.again(folder);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const theirs = await peer.again(folder);
    const ours = await product.again();
    if (ours.report.unchanged === 0) throw new Error("The sync that should have changed nothing did something.");
    rounds.push({ theirs, ours: ours.ms, ratio: ours.ms / theirs });
  }
  const of = (name) => median(rounds.map((round) => round[name]));
  const value = ratio(of("ratio"));
  const detail = `${seconds(of("ours"))} against ${seconds(of("theirs"))} of ${peer.name}, ${ROUNDS} pairs`;
  return { name: title, value, target: `≤ ${target}`, met: value <= target, detail };
}

function absent(name, target) {
  return { name, target: `≤ ${target}`, detail: "peer absent" };
}
