import type { Context, Push } from "../kit/index.ts";
import type { FilesApi } from "./api.ts";
import type { FilesConfig } from "./options.ts";
import type { OpenRoot } from "./roots.ts";
import type { WalkCursor } from "./walk.ts";

const DEBOUNCE_MS = 500;

/**
 * Says that a root changed, half a second after its first change. Ends at once when `watch` is off. Network drives report
 * nothing; what goes unreported is met by the next scheduled walk.
 */
export async function* watchRoot(
  ctx: Context<FilesConfig, FilesApi>,
  container: string | undefined,
): AsyncGenerator<Push<WalkCursor>> {
  if (!ctx.config.watch) return;
  const roots = ctx.api.present(container === undefined ? ctx.api.roots : [ctx.api.rootOf(container)]);
  if (roots.length === 0) ctx.api.opened(ctx.api.rootOf(container)); // says what is missing; the engine tries again later
  const { watch } = await import("chokidar");
  const changed = new Set<string>();
  const waking = { up: () => {} };
  const watchers = roots.map(
    (root) =>
      watch(root.base, {
        ignoreInitial: true,
        followSymlinks: ctx.config.followSymlinks,
        ignorePermissionErrors: true,
        ignored: (path) => isLeftOut(root, path),
      })
        .on("all", () => note(root.container))
        .on("error", () => note(root.container)), // an overflow: what was missed is found by walking
  );
  function note(name: string): void {
    changed.add(name);
    waking.up();
  }
  ctx.signal.addEventListener("abort", () => waking.up(), { once: true });
  try {
    await Promise.race([
      Promise.all(watchers.map((watcher) => new Promise<void>((ready) => watcher.once("ready", ready)))),
      aborted(ctx.signal),
    ]);
    yield { stale: [] };
    while (!ctx.signal.aborted) {
      if (changed.size === 0)
        await new Promise<void>((wake) => {
          waking.up = wake;
        });
      if (ctx.signal.aborted) return;
      await ctx.clock.sleep(DEBOUNCE_MS, ctx.signal).catch(() => {});
      const stale = [...changed];
      changed.clear();
      if (stale.length > 0 && !ctx.signal.aborted) yield { stale };
    }
  } finally {
    await Promise.all(watchers.map((watcher) => watcher.close()));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function isLeftOut(root: OpenRoot, path: string): boolean {
  const below = path.slice(root.base.length).split(/[\\/]/).filter(Boolean);
  return below.some((name) => root.selection.isNeverTaken(name));
}
