import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { makeCertificate } from "./certificate.ts";
import { freePort } from "./npx.ts";

const PROGRAM = "/usr/sbin/dovecot";
const LONGEST_START_MS = 20_000;
/** Mail processes never run as root; this user owns nothing else. */
const NOBODY = 65_534;

export interface DovecotOptions {
  /** How mail lies on the disk. */
  format?: "maildir" | "sdbox";
  /** Written after everything else, in Dovecot's own words. */
  extra?: string;
  /** What the server says it can, in place of what it can. */
  capability?: string;
  /** Access tokens are taken too, by these mechanisms, when the authorization server says that they are good. */
  oauth?: {
    introspectionUrl: string;
    mechanisms: readonly ("xoauth2" | "oauthbearer")[];
    /** What of a token names the mailbox; by default the person, "sub". */
    named?: "client_id";
  };
  /** A certificate and its key in place of its own, PEM. */
  certificate?: { certificate: string; key: string };
}

/** A Dovecot of Debian's, on free ports of this machine, with users whose password is their name and "-secret". */
export interface Dovecot {
  readonly host: "127.0.0.1";
  /** Without TLS, and with STARTTLS where it is asked for. */
  readonly port: number;
  readonly tlsPort: number;
  /** Certificate of its own authority, PEM. */
  readonly certificate: string;
  readonly folder: string;
  password(user: string): string;
  /** Runs `doveadm` against it. */
  doveadm(...args: string[]): string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** What it wrote to its log. */
  log(): string;
  close(): Promise<void>;
}

/**
 * Starts Dovecot with one configuration file in a temporary folder. Where it is not installed the answer is undefined and
 * that is said aloud; in continuous integration (HEADWATER_CI) it is a failure.
 */
export async function startDovecot(options: DovecotOptions = {}): Promise<Dovecot | undefined> {
  if (!existsSync(PROGRAM)) {
    const why = "Dovecot is not installed, so the tests against it are left out: apt-get install dovecot-imapd";
    if (process.env.HEADWATER_CI) throw new Error(why);
    console.warn(why);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), "headwater-dovecot-"));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const file = layOut(folder, { port, tlsPort, ...options });
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(PROGRAM, ["-F", "-c", file], { stdio: "ignore" });
    await answering(port, () => readLog(folder));
  };
  const stop = async () => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGTERM");
    await ended;
  };
  await start();
  return {
    host: "127.0.0.1",
    port,
    tlsPort,
    certificate: readFileSync(join(folder, "certificate.pem"), "utf8"),
    folder,
    password: (user) => `${user.split("@")[0]}-secret`,
    doveadm: (...args) => execFileSync("/usr/bin/doveadm", ["-c", file, ...args], { encoding: "utf8" }),
    stop,
    start,
    log: () => readLog(folder),
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface LayOut extends DovecotOptions {
  port: number;
  tlsPort: number;
}

/** Writes everything that the server needs; answers the path of its configuration. */
function layOut(
  folder: string,
  { port, tlsPort, format = "maildir", extra = "", capability, oauth, certificate }: LayOut,
): string {
  chmodSync(folder, 0o755);
  const isRoot = process.getuid?.() === 0;
  const [uid, gid] = isRoot ? [NOBODY, NOBODY] : [process.getuid?.() ?? NOBODY, process.getgid?.() ?? NOBODY];
  for (const name of ["run", "state", "mail"]) mkdirSync(join(folder, name), { mode: 0o755 });
  if (isRoot) chownSync(join(folder, "mail"), uid, gid);
  const { certificate: shown, key } = certificate ?? makeCertificate();
  writeFileSync(join(folder, "certificate.pem"), shown);
  writeFileSync(join(folder, "key.pem"), key, { mode: 0o600 });
  const place = format === "maildir" ? `maildir:${folder}/mail/%n` : `sdbox:${folder}/mail/%n`;
  const mine = userInfo().username;
  const [internal, login] = isRoot ? ["dovecot", "dovenull"] : [mine, mine];
  const file = join(folder, "dovecot.conf");
  writeFileSync(
    file,
    `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = ${internal}
default_login_user = ${login}
${isRoot ? "" : `default_internal_group = ${execFileSync("id", ["-gn"], { encoding: "utf8" }).trim()}`}
first_valid_uid = 0
mail_uid = ${uid}
mail_gid = ${gid}
mail_location = ${place}
mail_max_userip_connections = 100
auth_mechanisms = plain login ${oauth?.mechanisms.join(" ") ?? ""}
disable_plaintext_auth = no
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
ssl = yes
ssl_cert = <${folder}/certificate.pem
ssl_key = <${folder}/key.pem
${capability === undefined ? "" : `imap_capability = ${capability}`}
imap_id_send = *
mail_always_cache_fields = flags
passdb {
  driver = static
  ${oauth === undefined ? "" : "mechanisms = plain login"}
  args = password=%n-secret
}
${oauth === undefined ? "" : passdbOf(folder, oauth)}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%n
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    auto = create
    special_use = \\Sent
  }
  mailbox Drafts {
    auto = create
    special_use = \\Drafts
  }
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
  mailbox Trash {
    auto = create
    special_use = \\Trash
  }
  mailbox Archive {
    auto = create
    special_use = \\Archive
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
    ssl = yes
  }
}
service imap {
  client_limit = 1
  process_limit = 64
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
${extra}
`,
  );
  return file;
}

/** Tokens, RFC 7662: of whom they are and whether they are good is asked at each login. */
function passdbOf(
  folder: string,
  { introspectionUrl, mechanisms, named }: NonNullable<DovecotOptions["oauth"]>,
): string {
  const file = join(folder, "oauth2.conf");
  const lines = [
    "introspection_mode = post",
    `introspection_url = ${introspectionUrl}`,
    `username_attribute = ${named ?? "sub"}`,
    "active_attribute = active",
    "active_value = true",
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  return `passdb {\n  driver = oauth2\n  mechanisms = ${mechanisms.join(" ")}\n  args = ${file}\n}`;
}

async function answering(port: number, log: () => string): Promise<void> {
  const until = Date.now() + LONGEST_START_MS;
  while (Date.now() < until) {
    if (await greets(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Dovecot does not answer. ${log()}`);
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("data", () => answer(true));
    socket.once("error", () => answer(false));
    socket.once("close", () => answer(false));
  });
}

function readLog(folder: string): string {
  const path = join(folder, "log");
  return existsSync(path) ? readFileSync(path, "utf8").slice(-5_000) : "";
}
