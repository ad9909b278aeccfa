#!/usr/bin/env node
import { packageVersion } from "./package-root.ts";

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  process.stdout.write(`${packageVersion()}\n`);
} else {
  const { main } = await import("./cli/main.ts");
  await main(args);
}
