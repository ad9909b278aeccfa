import type { Writable } from "node:stream";

/**
 * Keeps stdout for the protocol: from now on whatever anything else in this process writes to stdout goes to stderr.
 * Answers the one stream that still reaches stdout. One stray line makes strict hosts drop the connection.
 */
export function guardStdout(): Writable {
  const { stdout, stderr } = process;
  const wire = {
    write: stdout.write.bind(stdout),
    on: stdout.on.bind(stdout),
    once: stdout.once.bind(stdout),
    off: stdout.off.bind(stdout),
    listeners: stdout.listeners.bind(stdout),
    listenerCount: stdout.listenerCount.bind(stdout),
  };
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  return wire as unknown as Writable;
}
