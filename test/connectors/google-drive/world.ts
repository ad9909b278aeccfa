import { googleDrive } from "../../../src/connectors/google-drive/index.ts";
import type { SyncReport } from "../../../src/model/index.ts";
import type { StoredItem } from "../../../src/store/store.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import { type DriveOptions, DriveTwin } from "../../twins/google-drive/drive-twin.ts";
import type { DriveWorld } from "../../twins/google-drive/world.ts";

export const INES = "ines@mill.example";

/** A Drive, a source that follows it, and one clock for both. */
export class World {
  readonly twin: DriveTwin;
  readonly place: TestWorkplace;
  #config: Record<string, unknown>;

  private constructor(twin: DriveTwin, place: TestWorkplace, config: Record<string, unknown>) {
    this.twin = twin;
    this.place = place;
    this.#config = config;
  }

  static async open(
    fill: (drive: DriveWorld, twin: DriveTwin) => Record<string, unknown> | undefined = () => undefined,
    options: DriveOptions & { config?: Record<string, unknown> } = {},
  ): Promise<World> {
    let place: TestWorkplace | undefined;
    const twin = await DriveTwin.open({ now: () => place?.clock.now() ?? new Date(), ...options });
    twin.accounts.person(INES, "Inés Vega");
    const config = { ...twin.config(), ...fill(twin.world, twin), ...options.config };
    place = await TestWorkplace.open({ id: "drive", connector: googleDrive, config });
    return new World(twin, place, config);
  }

  get drive(): DriveWorld {
    return this.twin.world;
  }

  sync(options: Parameters<TestWorkplace["sync"]>[1] = {}): Promise<SyncReport> {
    return this.place.sync("drive", options);
  }

  configure(changes: Record<string, unknown>): void {
    this.#config = { ...this.#config, ...changes };
    this.place.sources.configure("drive", this.#config);
  }

  /** Titles of what is stored and shown. */
  async titles(): Promise<string[]> {
    const stored = await this.place.stored("drive");
    return [...stored.values()].map(({ title }) => title).sort();
  }

  async item(id: string): Promise<StoredItem> {
    const item = await this.place.store.item("drive", id, "everything");
    if (item === undefined) throw new Error(`${id} is not stored.`);
    return item;
  }

  async text(id: string): Promise<string | undefined> {
    return this.place.store.text("drive", id, "everything");
  }

  /** Addresses of files that were read since the last time. */
  downloads(): string[] {
    const asked = this.twin.requests.map(({ url }) => url).filter((url) => /alt=media|\/export\?|Export\?/.test(url));
    this.twin.asked();
    return asked;
  }

  /** Lines of the change log since the last time, as "updated Gauge 3.txt". */
  async news(): Promise<string[]> {
    const { changes, lastSeq } = await this.place.store.changes({
      afterSeq: this.#told,
      limit: 1000,
      viewer: "everything",
    });
    this.#told = lastSeq;
    return changes.map((change) => `${change.verb} ${change.title}`).sort();
  }
  #told = 0;

  async close(): Promise<void> {
    await this.place.close();
    await this.twin.close();
  }
}

export const QUIET = { added: 0, updated: 0, deleted: 0, lost: 0, failed: 0, state: "succeeded" };
