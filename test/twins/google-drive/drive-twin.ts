import { createHash } from "node:crypto";
import type { Twin } from "../../contract/connector.ts";
import { Conformance } from "../conformance.ts";
import { Faults } from "../faults.ts";
import { GoogleAccounts } from "../google/accounts.ts";
import { Listener } from "../listen.ts";
import type { Expiry } from "./call.ts";
import { Channels } from "./channels.ts";
import { ContentHost } from "./content-host.ts";
import { DOCUMENT, type DriveFile, FOLDER, PRESENTATION, SHORTCUT, SPREADSHEET } from "./model.ts";
import { seedDrive } from "./seed.ts";
import { DriveService, type SeenRequest } from "./service.ts";
import { DriveWorld } from "./world.ts";

export const READ = "https://www.googleapis.com/auth/drive.readonly";
export const MARTA = "marta@mill.example";

export interface DriveOptions {
  now?: () => Date;
  /** Lists never hold more. */
  pageCap?: number;
  /** Downloads are led to another host. */
  redirects?: boolean;
}

/**
 * Google Drive as its documentation describes it, with state: https://developers.google.com/workspace/drive/api/reference/rest/v3,
 * 2026-11. Marta asks unless a test says otherwise.
 */
export class DriveTwin implements Twin {
  readonly accounts: GoogleAccounts;
  readonly world: DriveWorld;
  readonly channels: Channels;
  readonly faults = new Faults();
  /** Answers that the vendor's own description does not allow. */
  readonly nonconforming: string[] = [];
  pageCap: number;
  exportCap = 10_000_000;
  expiry: Expiry = 404;
  incomplete = false;
  disabled = false;
  listEpoch = 0;
  content: ContentHost | undefined;
  readonly #service: DriveService;
  readonly #listener: Listener;
  readonly #token: string;

  private constructor(
    options: DriveOptions,
    listener: Listener,
    service: DriveService,
    parts: Pick<DriveTwin, "accounts" | "world" | "channels">,
  ) {
    this.accounts = parts.accounts;
    this.world = parts.world;
    this.channels = parts.channels;
    this.pageCap = options.pageCap ?? 1000;
    this.#listener = listener;
    this.#service = service;
    this.accounts.person(MARTA, "Marta Quill");
    this.world.root(MARTA);
    this.#token = this.accounts.issue(MARTA, [READ]);
  }

  static async open(options: DriveOptions = {}): Promise<DriveTwin> {
    const now = options.now ?? (() => new Date());
    const accounts = new GoogleAccounts(now);
    accounts.tokenSeconds = 400 * 24 * 3600; // tests of renewal shorten it
    const world = new DriveWorld(accounts, now);
    const channels = new Channels(now);
    world.onChange = (entry) => channels.tell(entry);
    const service = new DriveService(() => ({
      ...{ world, channels, accounts, atBrowser: MARTA, disabled: twin.disabled, pageCap: twin.pageCap },
      ...{ exportCap: twin.exportCap, expiry: twin.expiry, incomplete: twin.incomplete, listEpoch: twin.listEpoch },
      ...{ contentOrigin: twin.content?.origin, sign: (file: DriveFile) => signed(file) },
    }));
    const faults = new Faults();
    const listener = await Listener.open(faults, (question, origin) => service.answer(question, origin));
    const twin = new DriveTwin(options, listener, service, { accounts, world, channels });
    Object.assign(twin, { faults });
    if (options.redirects) twin.content = await ContentHost.open((path) => twin.#signedBytes(path));
    const conformance = Conformance.of("google-drive.json");
    service.watch = (route, status, body) => {
      const fault = conformance?.fault(route.method, route.template, status, JSON.parse(JSON.stringify(body)));
      if (fault !== undefined) twin.nonconforming.push(fault);
    };
    return twin;
  }

  get origin(): string {
    return this.#listener.origin;
  }

  get requests(): readonly SeenRequest[] {
    return this.#service.requests;
  }

  /** Requests for what the interface does not have: each is an error of the client. */
  get refusals(): readonly string[] {
    return this.#service.refusals;
  }

  /** What was asked since the last time, as "GET /files 200". */
  asked(): string[] {
    return this.#service.requests
      .splice(0)
      .map(({ method, route, url, status }) => `${method} ${route ?? new URL(url, this.origin).pathname} ${status}`);
  }

  config(): Record<string, unknown> {
    return { accessToken: this.#token, baseUrl: this.origin };
  }

  /** Tokens of the change log that were given so far are not known any more. */
  forgetChanges(status: Expiry = 404): void {
    this.expiry = status;
    this.world.forgotten = this.world.seq + 1;
    this.world.rename(this.world.add({ name: "Passing", parent: this.root }), "Passed");
    this.world.delete([...this.world.files.keys()].at(-1) as string);
  }

  get root(): string {
    return this.world.root(MARTA);
  }

  async seed(): Promise<void> {
    seedDrive(this.world, this.accounts);
  }

  async expected(): Promise<Map<string, string>> {
    const marta = this.accounts.person(MARTA);
    const shown = [...this.world.files.values()].filter(
      (file) => !this.world.isRoot(file.id) && !this.world.isTrashed(file) && this.world.canRead(marta, file),
    );
    return new Map(shown.map((file) => [file.id, wordsOf(file)]));
  }

  async add(text: string): Promise<string> {
    return this.world.add({ name: "A new sighting.txt", parent: this.root, content: text });
  }

  async edit(id: string, text: string): Promise<string> {
    this.world.write(id, text);
    return id;
  }

  async remove(id: string): Promise<void> {
    this.world.trash(id);
  }

  #signedBytes(path: string): { bytes: Buffer; mime: string } | undefined {
    const { pathname, searchParams } = new URL(path, "http://content");
    const file = [...this.world.files.values()].find((one) => signed(one) === pathname);
    const mime = searchParams.get("as");
    const bytes = mime === null ? file?.bytes : file?.exports.get(mime);
    return file === undefined || bytes === undefined ? undefined : { bytes, mime: mime ?? file.mimeType };
  }

  async close(): Promise<void> {
    await this.#listener.close();
    await this.content?.close();
    if (this.#listener.errors.length > 0) throw this.#listener.errors[0];
    if (this.nonconforming.length > 0)
      throw new Error(`The twin answers what Drive does not: ${this.nonconforming[0]}`);
    if (this.refusals.length > 0) throw new Error(`Drive has no such thing: ${this.refusals[0]}`);
  }
}

/** An address that proves itself, as download hosts want it. */
function signed(file: DriveFile): string {
  return `/download/${createHash("sha256").update(`${file.id} ${file.revision}`).digest("hex").slice(0, 24)}`;
}

/** Words that the text of a file must hold. */
function wordsOf(file: DriveFile): string {
  if (file.mimeType === FOLDER || file.mimeType === SHORTCUT) return "";
  if (file.mimeType === DOCUMENT) return String(file.exports.get("text/markdown") ?? "").trim();
  if (file.mimeType === PRESENTATION) return String(file.exports.get("text/plain") ?? "").trim();
  if (file.mimeType === SPREADSHEET || file.mimeType === "text/csv" || !file.mimeType.startsWith("text/")) return "";
  return String(file.bytes).trim();
}
