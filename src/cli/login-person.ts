import { createInterface } from "node:readline/promises";
import { ConnectorError } from "../model/index.ts";
import type { LoginPerson } from "../sources/login/login-request.ts";
import { plainLine } from "../sources/plain-text.ts";

/** Leads a login on a terminal. It speaks on standard error, also with --quiet: without these lines nothing goes on. */
export function loginPerson(source: string): LoginPerson {
  const say = (...lines: string[]) => void process.stderr.write(`${lines.join("\n")}\n`);
  const shown = (text: string) => `  ${plainLine(text)}`;
  return {
    go: (address, opened) =>
      say(
        opened ? "Your browser shows the service's page. If it does not, open:" : "Open this address in a browser:",
        shown(address),
      ),
    type: (code, address, until) =>
      say(
        "Open this address on any device and type the code:",
        shown(address),
        shown(code),
        `It is good until ${until.toLocaleTimeString()}. headwater goes on by itself.`,
      ),
    async paste(problem, signal) {
      if (problem !== undefined) say(problem);
      say("At the end the browser shows a page that cannot be reached. Copy its whole address and paste it here:");
      return readLine(source, signal);
    },
  };
}

async function readLine(source: string, signal: AbortSignal): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const ended = new Promise<never>((_resolve, reject) => {
    reader.once("close", () =>
      reject(
        new ConnectorError("auth", `The login of ${source} was not finished: no address was pasted.`, {
          hint: `Begin anew: headwater login ${source}`,
        }),
      ),
    );
  });
  ended.catch(() => {});
  try {
    return await Promise.race([reader.question("> ", { signal }), ended]);
  } finally {
    reader.close();
  }
}
