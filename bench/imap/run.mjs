// Row 17: a first sync of a mailbox, parsed and indexed, and a sync without news, against mbsync, which only copies.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { bundle } from "../../test/setup/bundle.mjs";
import { ROOM } from "../corpus.mjs";
import { median, ratio, seconds, timed, timedNode, whole } from "../measure.mjs";
import { fillMaildir } from "./mail.mjs";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const MBSYNC = "/usr/bin/mbsync";
const USER = "bench";
const ROUNDS = 3;
const AGAIN = 7;

export async function run({ say, messages }) {
  const program = await bundle("test/setup/dovecot.ts");
  const { startDovecot } = await import(pathToFileURL(program).href);
  const server = await startDovecot();
  if (server === undefined || !existsSync(MBSYNC)) {
    await server?.close();
    return [
      {
        name: "17 a first sync of mail",
        detail: "Dovecot or mbsync is not installed: apt-get install dovecot-imapd isync",
      },
    ];
  }
  try {
    say(`writing ${messages} messages …`);
    const bytes = fillMaildir(server.folder, USER, messages);
    const [ours, theirs] = [headwater(server), mbsync(server)];
    await theirs.first(); // the server has met every message now
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      say(`round ${round + 1} of ${ROUNDS} …`);
      rounds.push({ ours: await ours.first(messages), theirs: await theirs.first() });
    }
    const again = [];
    const served = await ours.serve();
    await served.sync();
    for (let round = 0; round < AGAIN; round++) again.push({ ours: await served.sync(), theirs: await theirs.again() });
    await served.end();
    const alone = await ours.again();
    const first = median(rounds.map((one) => one.ours.runMs / one.theirs.ms));
    const quiet = median(again.map((one) => one.ours.ms / one.theirs.ms));
    const of = (all, who, what) => median(all.map((one) => one[who][what]));
    return [
      {
        name: `17 first sync of ${whole(messages)} messages, parsed and indexed ÷ mbsync`,
        value: ratio(first),
        target: 1,
        met: first <= 1,
        detail: `${seconds(of(rounds, "ours", "runMs"))} (whole process ${seconds(of(rounds, "ours", "ms"))}, peak ${Math.round(of(rounds, "ours", "peakMegabytes"))} MB) against ${seconds(of(rounds, "theirs", "ms"))}, ${(bytes / 1e6).toFixed(0)} MB`,
      },
      {
        name: "17 a sync without news ÷ mbsync",
        value: ratio(quiet),
        target: 0.5,
        met: quiet <= 0.5,
        detail: `${Math.round(of(again, "ours", "ms"))} ms, a call to a headwater that is running (${Math.round(alone.ms)} ms as a process of its own), against ${Math.round(of(again, "theirs", "ms"))} ms`,
      },
    ];
  } finally {
    await server.close();
    rmSync(program);
  }
}

/** headwater with one source over the mailbox, as a user runs it. */
function headwater({ host, port, password }) {
  const home = join(ROOM, "imap");
  const [config, data] = [join(home, "headwater.yaml"), join(home, "data")];
  const options = {
    connector: "imap",
    allowPrivateNetwork: true,
    host,
    port,
    useSsl: false,
    allowPlaintext: true,
    username: USER,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference in the configuration's own language.
    password: "${BENCH_PASSWORD}",
    maxEmails: 0,
    daysToSync: 0,
  };
  const sync = async () => {
    const parameters = [CLI, "sync", "--config", config, "--data", data, "--json"];
    const run = await timedNode(parameters, { room: home, env: { BENCH_PASSWORD: password(USER) } });
    const [report] = JSON.parse(run.stdout).reports;
    if (report.state !== "succeeded") throw new Error(`The sync ended as ${report.state}: ${JSON.stringify(report)}`);
    return { ...run, report, runMs: Date.parse(report.endedAt) - Date.parse(report.startedAt) };
  };
  return {
    async first(messages) {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(home, { recursive: true });
      writeFileSync(config, JSON.stringify({ sources: { mail: options } }));
      const run = await sync();
      if (run.report.added < messages) throw new Error(`${run.report.added} items instead of ${messages}.`);
      return run;
    },
    again: sync,
    /** A headwater that keeps running, as an assistant has it. */
    async serve() {
      const args = [CLI, "serve", "--no-schedule", "--config", config, "--data", data];
      const env = { ...process.env, BENCH_PASSWORD: password(USER) };
      const client = new Client({ name: "bench", version: "1" });
      await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: "ignore" }));
      return {
        async sync() {
          const startedAt = performance.now();
          const answer = await client.callTool({
            name: "sync_source",
            arguments: { source: "mail", wait_seconds: 50 },
          });
          const ms = performance.now() - startedAt;
          if (answer.structuredContent?.state !== "succeeded") throw new Error(JSON.stringify(answer.content));
          return { ms };
        },
        end: () => client.close(),
      };
    },
  };
}

/** The usual program that keeps a copy of a mailbox in a folder. */
function mbsync({ host, port, password }) {
  const home = join(ROOM, "mbsync");
  const config = join(home, "mbsyncrc");
  const sync = () => timed(MBSYNC, ["--config", config, "--quiet", "mail"], { env: { HOME: home } });
  return {
    first() {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(join(home, "mail"), { recursive: true });
      writeFileSync(
        config,
        `IMAPAccount mail
Host ${host}
Port ${port}
User ${USER}
Pass ${password(USER)}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account mail

MaildirStore near
Path ${home}/mail/
Inbox ${home}/mail/INBOX

Channel mail
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
`,
      );
      return sync();
    },
    again: sync,
  };
}
