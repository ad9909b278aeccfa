import { systemClock } from "../../src/sources/clock.ts";
import { openLogins } from "../../src/sources/tokens/open-logins.ts";
import { renewing } from "../../src/sources/tokens/renew.ts";

/** One of several processes that use the same login. Each message is a round: the time it is, and how often to ask. */
const [dataFolder = "", tokenUrl = "", clientId = ""] = process.argv.slice(2);
let shift = 0;
const clock = { now: () => new Date(Date.now() + shift), sleep: systemClock.sleep };
const log = { debug: () => {}, info: () => {}, warn: () => {} };
const logins = openLogins({ dataFolder, tenant: "default", clock, log });
const client = { clientId, scopes: ["read"], tokenUrl, allows: "read." };
const renew = renewing({ source: "hall", allowPrivateNetwork: true, clock, log });

process.on("message", async ({ shift: now, calls }: { shift: number; calls: number }) => {
  shift = now;
  const asked = Array.from({ length: calls }, () => logins.tokens({ source: "hall", client, renew }));
  const answers = await Promise.allSettled(asked);
  process.send?.({
    tokens: [...new Set(answers.flatMap((one) => (one.status === "fulfilled" ? [one.value.accessToken] : [])))],
    failures: answers.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : [])),
  });
});
process.send?.("ready");
