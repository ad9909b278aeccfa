import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../src/sources/clock.ts";
import { openLogins } from "../../src/sources/tokens/open-logins.ts";
import { bundle } from "../setup/bundle.mjs";
import { type AuthorizationServer, startAuthorizationServer } from "../sources/login/authorization-server.ts";
import { browse } from "../sources/login/browser.ts";
import { logInAs, silent } from "../sources/login/settings.ts";
import { tellFigure } from "./figure.ts";

/** Reliability R12. HEADWATER_REFRESH_ROUNDS=100 is the full number. */
const ROUNDS = Number(process.env.HEADWATER_REFRESH_ROUNDS ?? 20);
const [PROCESSES, CALLS, HOUR] = [8, 20, 3_600_000];

const refused = () => server.statuses.filter((status) => status !== 200).length;

interface Answer {
  tokens: string[];
  failures: string[];
}

let server: AuthorizationServer;
const children: ChildProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), "headwater-refresh-"));

beforeAll(async () => {
  server = await startAuthorizationServer();
  const tokens = await logInAs({ go: (address) => void browse(address) }, server.client, "browser");
  const logins = openLogins({ dataFolder: folder, tenant: "default", clock: systemClock, log: silent });
  await logins.keep("hall", tokens, server.client);
  const program = await bundle("test/proof/token-child.ts");
  const args = [folder, server.client.tokenUrl, server.client.clientId];
  for (let count = 0; count < PROCESSES; count++) children.push(fork(program, args));
  await Promise.all(children.map((child) => once(child, "message")));
}, 60_000);

afterAll(async () => {
  for (const child of children) child.kill();
  await server.close();
});

it(`${PROCESSES} processes with ${CALLS} calls each at the end of a token renew it once, ${ROUNDS} times over`, async () => {
  const seen = new Set<string>();
  for (let round = 1; round <= ROUNDS; round++) {
    const answers = await Promise.all(
      children.map(async (child) => {
        child.send({ shift: round * HOUR, calls: CALLS });
        return (await once(child, "message"))[0] as Answer;
      }),
    );
    expect(answers.flatMap((answer) => answer.failures)).toEqual([]);
    const tokens = new Set(answers.flatMap((answer) => answer.tokens));
    expect(tokens.size).toBe(1);
    const [token = ""] = tokens;
    expect(seen.has(token)).toBe(false);
    expect(await server.isGood(token)).toBe(true);
    seen.add(token);
  }
  const refreshes = server.grants.filter((grant) => grant === "refresh_token").length;
  tellFigure(
    "R12",
    `${PROCESSES} processes with ${CALLS} calls each at the end of a token`,
    { rounds: ROUNDS, refreshes, logins: server.grants.length - refreshes - 1, reused: refused() },
    { refreshes: ROUNDS, logins: 0, reused: 0 },
  );
  // A refresh token used twice would have been refused and ended the login; a new login would be another kind of grant.
  expect(server.grants).toEqual(["authorization_code", ...Array<string>(ROUNDS).fill("refresh_token")]);
  expect(server.statuses.every((status) => status === 200)).toBe(true);
}, 300_000);
