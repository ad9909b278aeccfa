import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Answered, Faults } from "../faults.ts";
import { tarOf } from "../git/tar.ts";
import { Listener, type Question } from "../listen.ts";
import type { Repository } from "./repository.ts";

/** Addresses that were signed for one archive hold for so long. */
const VALID_MS = 300_000;

/**
 * The host that gives out archives. It is another one than the interface's and wants no credential: who may have an
 * archive proves it by an address that was signed for it.
 */
export class Codeload {
  /** Each request for an archive, with the header that it should never get. */
  readonly requests: { path: string; authorization: string | undefined }[] = [];
  readonly #signed = new Map<string, { repository: Repository; sha: string; until: number }>();
  #listener: Listener | undefined;

  async open(faults: Faults): Promise<void> {
    this.#listener = await Listener.open(faults, async (question) => this.#answer(question));
  }

  /** An address for the archive of a commit. */
  sign(repository: Repository, sha: string): string {
    const token = randomBytes(12).toString("hex");
    this.#signed.set(token, { repository, sha, until: Date.now() + VALID_MS });
    return `${this.#listener?.origin}/${repository.fullName}/legacy.tar.gz/${sha}?token=${token}`;
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }

  #answer({ url, headers }: Question): Answered {
    const { pathname, searchParams } = new URL(url, "http://codeload");
    this.requests.push({ path: pathname, authorization: headers.authorization });
    const signed = this.#signed.get(searchParams.get("token") ?? "");
    const refused = { status: 404, headers: { "content-type": "text/plain" }, body: Buffer.from("404: Not Found") };
    if (signed === undefined || signed.until < Date.now() || headers.authorization !== undefined) return refused;
    const body = gzipSync(archiveOf(signed.repository, signed.sha));
    return { status: 200, headers: { "content-type": "application/x-gzip" }, body };
  }
}

/** As `git archive` makes it: what `.gitattributes` marks with export-ignore is left out, submodules are empty folders. */
function archiveOf({ git, fullName }: Repository, sha: string): Buffer {
  const files = [...git.files(sha)];
  const attributes = files.find(([path]) => path === ".gitattributes");
  const rules = git.blobs.get(attributes?.[1].sha ?? "")?.toString() ?? "";
  const ignored = [...rules.matchAll(/^(\S+) export-ignore$/gm)].map((match) => match[1] as string);
  const top = `${fullName.replace("/", "-")}-${sha.slice(0, 7)}`;
  const kept = files.filter(([path, { mode }]) => mode.startsWith("100") && !ignored.includes(path));
  return tarOf(Object.fromEntries(kept.map(([path, entry]) => [`${top}/${path}`, git.blobs.get(entry.sha) as Buffer])));
}
