#!/usr/bin/env node
import module from "node:module";
import { packageVersion } from "./package-root.ts";
import { keepHeapSmall } from "./web/small-heap.ts";
import { guardStdout } from "./web/stdout-guard.ts";

/** Node 22.8 and newer keep compiled code beside the system's temporary files, which makes the next start quicker. */
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

keepHeapSmall();
const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  process.stdout.write(`${packageVersion()}\n`);
} else {
  guardStdout(); // Until it is known which command it is, nothing that a package says while it loads gets there.
  const { main } = await import("./cli/main.ts");
  await main(args);
}
