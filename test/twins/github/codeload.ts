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

/**
 * As `git archive` makes it: what `.gitattributes` marks with export-ignore is left out, `$Format:%an$` is filled in where
 * it says export-subst, and links and submodules hold no bytes.
 */
function archiveOf({ git, fullName }: Repository, sha: string): Buffer {
  const files = git.files(sha);
  const rules = git.blobs.get(files.get(".gitattributes")?.sha ?? "")?.toString() ?? "";
  const marked = (path: string, mark: string) => rules.split("\n").includes(`${path} ${mark}`);
  const author = git.commits.get(sha)?.author.name ?? "";
  const archived: Record<string, Buffer> = {};
  for (const [path, entry] of files) {
    if (!entry.mode.startsWith("100") || marked(path, "export-ignore")) continue;
    const bytes = git.blobs.get(entry.sha) as Buffer;
    const filled = marked(path, "export-subst") ? bytes.toString().replaceAll("$Format:%an$", author) : bytes;
    archived[`${fullName.replace("/", "-")}-${sha.slice(0, 7)}/${path}`] = Buffer.from(filled);
  }
  return tarOf(archived);
}
