import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { Item, Problem, Viewer } from "../../../src/model/index.ts";
import type { Batch, Lease, LossGuard, Place, Store, Upsert } from "../../../src/store/store.ts";

/** A way to open a tenant's store: what the suite is run for. */
export type OpenTenant = (folder: string, tenant: string) => Promise<Store>;

export const EVERYTHING: Viewer = "everything";
export const PROBLEM: Problem = { kind: "unavailable", message: "The service did not answer.", hint: "Try again." };
export const GUARD: LossGuard = { share: 0.2, atLeast: 10, secondPassAbove: 1000, consent: false };
export const NOON = "2026-03-01T12:00:00.000Z";

/** An item with believable fields; what a test is about is given. */
export function item(id: string, more: Partial<Item> = {}): Item {
  return {
    id,
    kind: "note",
    title: `About ${id}`,
    version: "1",
    authors: [],
    tags: [],
    fields: {},
    relations: [],
    aliases: [],
    ...more,
  };
}

/** An upsert whose text is its own words unless given; `null` brings none. */
export function note(id: string, more: Omit<Partial<Item>, "text"> & { text?: string | null } = {}): Upsert {
  const { text = `The words of ${id}.`, ...fields } = more;
  return text === null ? { item: item(id, fields) } : { item: item(id, fields), text };
}

export function batch(parts: Partial<Batch>): Batch {
  return { upserts: [], seenRows: [], deletes: [], lost: [], failures: [], ...parts };
}

/** One tenant with a held source, and short words for what the engine does with it. */
export class World {
  readonly folder: string;
  readonly store: Store;
  readonly lease: Lease;
  readonly place: Place;

  constructor(folder: string, store: Store, lease: Lease) {
    this.folder = folder;
    this.store = store;
    this.lease = lease;
    this.place = { source: lease.source };
  }

  get fence(): number {
    return this.lease.fence;
  }

  apply(parts: Partial<Batch>, { place = this.place, cursor = 1 as unknown, at = NOON } = {}) {
    return this.store.apply(place, this.fence, batch(parts), { cursor, options: { include: "a1" } }, at);
  }

  loose(parts: Partial<Batch>, { place = this.place, at = NOON } = {}) {
    return this.store.applyLoose(place, this.fence, batch(parts), at);
  }

  begin(from: "start" | "cursor" = "start", place = this.place) {
    return this.store.beginPass(place, this.fence, NOON, from);
  }

  end(guard: Partial<LossGuard> = {}, place = this.place) {
    return this.store.endPass(place, this.fence, NOON, { ...GUARD, ...guard });
  }

  get(id: string, viewer: Viewer = EVERYTHING) {
    return this.store.item(this.place.source, id, viewer);
  }

  text(id: string) {
    return this.store.text(this.place.source, id, EVERYTHING);
  }

  async ids(viewer: Viewer = EVERYTHING): Promise<string[]> {
    const { items } = await this.store.items({ limit: 1000, viewer });
    return items.map((each) => each.id).sort();
  }

  async found(query: string, viewer: Viewer = EVERYTHING): Promise<string[]> {
    const { hits } = await this.store.search({ query, limit: 50, viewer });
    return hits.map((hit) => hit.id).sort();
  }

  async lines(more: Partial<Parameters<Store["changes"]>[0]> = {}): Promise<string[]> {
    const { changes } = await this.store.changes({ limit: 1000, viewer: EVERYTHING, ...more });
    return changes.map(({ verb, id }) => `${verb} ${id}`);
  }

  /** Rows of listed ids, as `compare` tells them. */
  async rows(...ids: string[]): Promise<number[]> {
    const standings = await this.store.compare(
      this.place.source,
      ids.map((id) => ({ id, version: "?" })),
    );
    return standings.map((each) => (each.state === "new" ? -1 : each.row));
  }

  async stats() {
    const [stats] = await this.store.stats([this.place.source]);
    if (!stats) throw new Error("no stats");
    return stats;
  }
}

/** Folders and stores of the running test, closed and removed after it. */
export function worlds(open: OpenTenant) {
  const stores: Store[] = [];
  const folders: string[] = [];
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), "headwater-store-"));
    folders.push(made);
    return made;
  };
  const tenant = async (where: string, name = "default") => {
    const store = await open(where, name);
    stores.push(store);
    return store;
  };
  const hold = async (store: Store, where: string, source = "notes") => {
    const lease = await store.lease(source, 60_000);
    if (!lease) throw new Error(`${source} is held`);
    return new World(where, store, lease);
  };
  const world = async (source = "notes") => {
    const where = folder();
    return hold(await tenant(where), where, source);
  };
  /** The same store after its process has gone and another came. */
  const reopened = async (before: World) => {
    await before.lease.release();
    await before.store.close();
    return hold(await tenant(before.folder), before.folder, before.place.source);
  };
  return { folder, tenant, hold, world, reopened };
}

export type Worlds = ReturnType<typeof worlds>;
