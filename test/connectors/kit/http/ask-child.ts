import { z } from "zod";
import { noLogin, openHttp } from "../../../../src/connectors/kit/index.ts";
import { systemClock } from "../../../../src/sources/clock.ts";

/** Asks for one address, every name being this machine, and prints what came. */
const [, , url = ""] = process.argv;
const silent = () => {};
const open = openHttp({
  source: "work-github",
  service: {
    baseUrl: () => url,
    auth: [noLogin({ title: "Public", howTo: "Nothing to do." })],
    buckets: { default: { concurrency: 1 } },
  },
  config: {},
  memory: { get: async () => undefined, set: async () => {} },
  tokens: () => Promise.reject(new Error("none")),
  allowPrivateNetwork: true,
  clock: systemClock,
  log: { debug: silent, info: silent, warn: silent },
  resolve: async () => [{ address: "127.0.0.1", family: 4 }],
});
const answer = await open
  .until(new AbortController().signal)
  .json({ url: "/" }, z.unknown())
  .then(
    ({ body }) => JSON.stringify(body),
    (error) => `${error.kind}: ${error.message} ${error.hint}`,
  );
process.stdout.write(`${answer}\n`);
await open.close();
