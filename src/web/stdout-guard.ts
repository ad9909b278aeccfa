import type { Writable } from "node:stream";

let wire: Writable | undefined;
let free = () => {};

/**
 * Keeps stdout for the protocol: from now on whatever anything else in this process writes to stdout goes to stderr.
 * Answers the one stream that still reaches stdout, the same each time. One stray line makes strict hosts drop the
 * connection, so the doors call this before any package is loaded.
 */
export function guardStdout(): Writable {
  if (wire !== undefined) return wire;
  const { stdout, stderr } = process;
  const write = stdout.write;
  free = () => {
    stdout.write = write;
    wire = undefined;
  };
  wire = {
    write: write.bind(stdout),
    on: stdout.on.bind(stdout),
    once: stdout.once.bind(stdout),
    off: stdout.off.bind(stdout),
    listeners: stdout.listeners.bind(stdout),
    listenerCount: stdout.listenerCount.bind(stdout),
  } as unknown as Writable;
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  return wire;
}

/** Gives stdout back, to a command that answers there. */
export function freeStdout(): void {
  free();
}
