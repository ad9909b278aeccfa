import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** How much of a secret's end counts as the secret: what stands before it may be known to all, as `ghp_` is. */
const CORE = 36;

/** Keeps what anybody could see, and finds secrets in it, however they are written. */
export class SecretWatch {
  readonly canaries: string[] = [];
  /** By where it was seen. */
  readonly seen = new Map<string, string>();

  /** Nobody may see this one. Answers it. */
  keep(canary: string): string {
    this.canaries.push(canary);
    return canary;
  }

  see(where: string, text: string): void {
    this.seen.set(where, (this.seen.get(where) ?? "") + text);
  }

  /** The command lines that every user of the machine can read; where there is no /proc, `ps` tells them. */
  seeProcesses(): void {
    if (process.platform !== "linux") {
      this.seen.set("process list", spawnSync("ps", ["-axww", "-o", "args="], { encoding: "utf8" }).stdout);
      return;
    }
    for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        const line = readFileSync(`/proc/${id}/cmdline`, "utf8");
        const isOurs = line.includes("headwater") || line.includes("cli.js");
        if (isOurs) this.seen.set(`process list: ${line.slice(0, 200)}`, line);
      } catch {
        // It ended meanwhile.
      }
    }
  }

  /** Every file below a folder. */
  seeFiles(folder: string): void {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) this.seeFiles(path);
      else if (entry.isFile()) this.seen.set(`file ${path}`, readFileSync(path).toString("latin1"));
    }
  }

  /** "secret 3 in stdout of …" for each secret and each place it was seen in. */
  leaks(): string[] {
    const found: string[] = [];
    const forms = this.canaries.map(formsOf);
    for (const [where, text] of this.seen)
      for (const [at, some] of forms.entries())
        if (some.some((form) => text.includes(form))) found.push(`secret ${at} in ${where}`);
    return found;
  }
}

/** A secret as it is, and as programs like to write it. */
function formsOf(canary: string): string[] {
  const bytes = Buffer.from(canary);
  return [
    canary.slice(-CORE),
    canary,
    JSON.stringify(canary).slice(1, -1),
    encodeURIComponent(canary),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("hex"),
  ];
}
