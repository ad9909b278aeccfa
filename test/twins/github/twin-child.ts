import { createInterface } from "node:readline";
import { GithubTwin } from "./github-twin.ts";

/**
 * The twin in a process of its own, so that a bench measures the client alone. Started with the counts and the latency as
 * one JSON argument; says where it is in one line, and answers each line it is sent with the requests since the last.
 */
const asked = JSON.parse(process.argv[2] ?? "{}") as { issues: number; comments: number; latencyMs?: number };
const twin = await GithubTwin.open({ checked: false });
// The connector's own ceiling is not what is measured: without this both would wait for the next minute.
twin.limits.secondary.pointsPerMinute = Number.POSITIVE_INFINITY;
const repository = twin.seedLarge(asked);
twin.faults.latencyMs = asked.latencyMs ?? 0;
const about = { origin: twin.origin, token: twin.token.value, repository: repository.fullName, pid: process.pid };
process.stdout.write(`${JSON.stringify(about)}\n`);
for await (const _ of createInterface({ input: process.stdin })) {
  const statuses = twin.requests.map((one) => `${one.method} ${one.route} ${one.status}`);
  process.stdout.write(`${JSON.stringify({ statuses, refusals: twin.refusals })}\n`);
  twin.recount();
}
await twin.close();
