import { spawn, spawnSync } from "node:child_process";
import type { Answered } from "../faults.ts";
import type { Question } from "../listen.ts";

/** Why there is no git here to serve repositories with; undefined when there is. */
export function missingGit(): string | undefined {
  const found = spawnSync("git", ["http-backend"], { env: { PATH: process.env.PATH ?? "" }, encoding: "utf8" });
  if (found.error !== undefined) return "git is not installed";
  // Without a request it complains about the request; where the program is missing git says that.
  return /not a git command/.test(found.stderr) ? "git is installed without http-backend" : undefined;
}

/** Serves a bare repository by git's own program for that (smart HTTP). `path` begins behind the repository's name. */
export async function httpBackend(folder: string, path: string, question: Question): Promise<Answered> {
  const url = new URL(question.url, "http://localhost");
  const header = (name: string) => (question.headers[name] as string | undefined) ?? "";
  const child = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env.PATH ?? "",
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: path,
      REQUEST_METHOD: question.method,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: header("content-type"),
      CONTENT_LENGTH: String(question.body.length),
      HTTP_CONTENT_ENCODING: header("content-encoding"),
      GIT_PROTOCOL: header("git-protocol"),
      REMOTE_ADDR: "127.0.0.1",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  const done = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve());
  });
  child.stdin.on("error", () => {});
  child.stdin.end(question.body);
  await done;
  return cgiAnswer(Buffer.concat(parts));
}

/** Headers, an empty line and the body, as programs behind a web server answer. */
function cgiAnswer(out: Buffer): Answered {
  const end = out.indexOf("\r\n\r\n");
  const lines = out.subarray(0, Math.max(0, end)).toString("utf8").split("\r\n");
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of lines) {
    const [name, ...value] = line.split(":");
    if (name?.toLowerCase() === "status") status = Number(value.join(":").trim().split(" ")[0]);
    else if (name) headers[name.toLowerCase()] = value.join(":").trim();
  }
  return { status, headers, body: out.subarray(end + 4) };
}
