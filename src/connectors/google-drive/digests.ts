import { createHash } from "node:crypto";
import { z } from "zod";
import { type DriveContext, digestOf, type Place } from "./api.ts";
import type { DriveFile } from "./schema.ts";

const SHARDS = 64;
const Shard = z.record(z.string(), z.string()).catch({});

/**
 * What is known of folders that were looked through: name, place and who may read. A folder that Drive tells of again and
 * that is the same in these has the same in it, so nothing below it is asked for. All of it may be lost at any time: then
 * more is asked than had to be.
 */
export class FolderDigests {
  readonly #ctx: DriveContext;
  readonly #place: Place;
  readonly #shards = new Map<number, Promise<Record<string, string>>>();
  readonly #changed = new Set<number>();

  constructor(ctx: DriveContext, place: Place) {
    this.#ctx = ctx;
    this.#place = place;
  }

  async knows(folder: DriveFile): Promise<boolean> {
    if (folder.hasAugmentedPermissions) return false; // whom it lets in is not told with it
    return (await this.#shard(shardOf(folder.id)))[folder.id] === folderDigest(folder);
  }

  async learn(id: string, digest: string): Promise<void> {
    const number = shardOf(id);
    (await this.#shard(number))[id] = digest;
    this.#changed.add(number);
  }

  async forget(id: string): Promise<void> {
    const number = shardOf(id);
    const shard = await this.#shard(number);
    if (shard[id] === undefined) return;
    delete shard[id];
    this.#changed.add(number);
  }

  async save(): Promise<void> {
    for (const number of this.#changed) await this.#ctx.memory.set(this.#key(number), await this.#shard(number));
    this.#changed.clear();
  }

  #shard(number: number): Promise<Record<string, string>> {
    const known = this.#shards.get(number);
    if (known !== undefined) return known;
    const read = this.#ctx.memory.get(this.#key(number)).then((value) => Shard.parse(value));
    this.#shards.set(number, read);
    return read;
  }

  #key(number: number): string {
    return `folders:${this.#place.id}:${number}`;
  }
}

/** Changes with all that what lies below inherits or is called by. */
export function folderDigest(folder: DriveFile): string {
  const { name, parents, permissions, hasAugmentedPermissions, inheritedPermissionsDisabled, driveId } = folder;
  const grants = permissions?.map(({ id, role }) => `${id} ${role}`).sort();
  return digestOf([
    name,
    parents,
    grants,
    hasAugmentedPermissions === true,
    inheritedPermissionsDisabled === true,
    driveId,
  ]).slice(0, 10);
}

function shardOf(id: string): number {
  return (createHash("sha256").update(id).digest()[0] as number) % SHARDS;
}
