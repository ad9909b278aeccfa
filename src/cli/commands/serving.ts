import { type Command, Option } from "commander";
import { guardStdout } from "../../web/stdout-guard.ts";
import { act, type Runner } from "./act.ts";

/** The MCP server, as assistants start it. */
export function servingCommands(program: Command, run: Runner): void {
  program
    .command("serve")
    .description("serve MCP clients: over stdio, or over HTTP with --http")
    .option("--http [host:port]", "Streamable HTTP (default: server.http.listen, else 127.0.0.1:7800)")
    .option("--legacy-sse", "also the older HTTP with server-sent events")
    .option("--schedule", "keep the sources of every tenant current, not only of those served")
    .option("--no-schedule", "keep none current: sync only when asked")
    .addOption(new Option("--tool-profile <profile>", "which tools are served").choices(["standard", "per-source"]))
    .action(
      act(run, async (session, _args, opts) => {
        if (opts.http === undefined) guardStdout(); // Before the packages of the server are loaded.
        return (await import("../serve.ts")).serve(session, opts);
      }),
    );
}
