import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text as streamText } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { FilesApi } from "../../../src/connectors/files/api.ts";
import { files } from "../../../src/connectors/files/index.ts";
import { FilesConfig } from "../../../src/connectors/files/options.ts";
import type { WalkCursor } from "../../../src/connectors/files/walk.ts";
import type { Clock, Context, Draft, Page } from "../../../src/connectors/kit/index.ts";
import { openHttp } from "../../../src/connectors/kit/index.ts";
import { passingMemory } from "../../../src/sources/passing-memory.ts";

export type Opened = Context<FilesConfig, FilesApi>;

/** A fresh folder with these files, all of them quiet for an hour; removed after the test. */
export function folderWith(contents: Record<string, string | Uint8Array>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "headwater files ")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  fill(root, contents);
  return root;
}

/** Writes files below a folder, last changed an hour ago. */
export function fill(root: string, contents: Record<string, string | Uint8Array>): void {
  const hourAgo = new Date(Date.now() - 3_600_000);
  for (const [path, content] of Object.entries(contents)) {
    const place = join(root, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
    utimesSync(place, hourAgo, hourAgo);
  }
}

/** A clock that tells the real time and sleeps by moving on. */
export function skippingClock(onSleep: (ms: number) => void = () => {}): Clock & { slept: number } {
  const clock = {
    slept: 0,
    now: () => new Date(Date.now() + clock.slept),
    async sleep(ms: number) {
      clock.slept += ms;
      onSleep(ms);
    },
  };
  return clock;
}

/** The source as the engine would open it. */
export async function open(
  options: Record<string, unknown>,
  clock: Clock = skippingClock(),
  signal = new AbortController().signal,
): Promise<Opened> {
  const config = FilesConfig.parse(options);
  const quiet = () => {};
  const log = { debug: quiet, info: quiet, warn: quiet };
  const base = { source: "notes", config, log, clock, memory: passingMemory(), tokens: () => Promise.reject() };
  const http = openHttp({ ...base, service: undefined, allowPrivateNetwork: false });
  const ctx = { ...base, http: http.until(signal), signal };
  return { ...ctx, api: await files.connect(ctx) };
}

/** All pages of one container. */
export async function walkAll(
  ctx: Opened,
  container?: string,
  cursor?: WalkCursor,
  until?: WalkCursor,
): Promise<Page<WalkCursor>[]> {
  const pages: Page<WalkCursor>[] = [];
  const from = {
    container: container ?? ctx.api.roots[0]?.container,
    ...(cursor && { cursor }),
    ...(until && { until }),
  };
  for await (const page of files.sync(ctx, from)) pages.push(page);
  return pages;
}

/** All items of one container. */
export async function itemsOf(ctx: Opened, container?: string): Promise<Draft[]> {
  return (await walkAll(ctx, container)).flatMap((page) => page.upserts ?? []);
}

export async function idsOf(ctx: Opened, container?: string): Promise<string[]> {
  return (await itemsOf(ctx, container)).map((item) => item.id);
}

/** A fetched item with its content read to the end. */
export async function fetchAll(ctx: Opened, id: string): Promise<{ item: Draft; text: string | undefined }> {
  const { item, content } = await files.fetch(ctx, id);
  if (content === undefined) return { item, text: undefined };
  return { item, text: "text" in content ? content.text : await streamText(content.stream) };
}
