// Raw clients of both transports: as thin as can be, so that the server is what is measured.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";

const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
  "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
};

/** A request of the 2026 era. */
export function message(id, method, params = {}) {
  return { jsonrpc: "2.0", id, method, params: { ...params, _meta: META } };
}

/** Starts a server over stdio: `{ask(message), close()}`. */
export function overStdio(program, { args = [], env = {} } = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const waiting = new Map();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const answer = JSON.parse(line);
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  return {
    ask(request) {
      const answered = new Promise((resolve) => waiting.set(request.id, resolve));
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return answered;
    },
    async close() {
      const exit = once(child, "exit");
      child.stdin.end();
      await exit;
    },
  };
}

/** Starts a server that prints its address: `{ask(message), close()}` over one kept connection. */
export async function overHttp(program, { args = [], env = {} } = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    ask: (asked) => post(new URL(line), agent, asked),
    async close() {
      agent.destroy();
      const exit = once(child, "exit");
      child.kill();
      await exit;
    },
  };
}

function post(url, agent, asked) {
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": asked.method,
    ...(asked.params.name && { "mcp-name": asked.params.name }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers, agent }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => {
        const json = text.startsWith("{") ? text : /^data: (.*)$/m.exec(text)?.[1];
        if (json) resolve(JSON.parse(json));
        else reject(new Error(`${response.statusCode}: ${text}`));
      });
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(asked));
  });
}
