import { createHash } from "node:crypto";
import type { GoogleAccounts } from "../google/accounts.ts";
import {
  type Comment,
  type DriveFile,
  FOLDER,
  type Grant,
  idOf,
  type LogEntry,
  type Role,
  SHORTCUT,
  type SharedDrive,
} from "./model.ts";
import { Readers } from "./readers.ts";

export interface NewFile {
  name: string;
  mimeType?: string;
  parent?: string;
  owner?: string;
  content?: string | Buffer;
  exports?: Record<string, string | Buffer>;
  at?: string;
  description?: string;
}

/** Everything that lies in the Drives of some people, and who may read it. Changes go into the log. */
export class DriveWorld extends Readers {
  readonly log: LogEntry[] = [];
  /** Addresses of administrators of the organization, who may list all of its shared drives. */
  readonly admins = new Set<string>();
  /** Tokens of the log before this are not known any more. */
  forgotten = 0;
  /** Hears of each line of the log. */
  onChange: (entry: LogEntry) => void = () => {};
  readonly #roots = new Map<string, string>();
  readonly #now: () => Date;
  #seq = 1207;
  #count = 0;

  constructor(accounts: GoogleAccounts, now: () => Date) {
    super(accounts);
    this.#now = now;
  }

  get seq(): number {
    return this.#seq;
  }

  now(): string {
    return this.#now().toISOString();
  }

  /** The folder that everything of a person hangs from. */
  root(email: string): string {
    const known = this.#roots.get(email);
    if (known !== undefined) return known;
    const id = idOf("root", this.#roots.size);
    this.#roots.set(email, id);
    const root = this.#blank(id, { name: "My Drive", mimeType: FOLDER, owner: email });
    this.files.set(id, root);
    return id;
  }

  isRoot(id: string): boolean {
    return [...this.#roots.values()].includes(id) || this.drives.has(id);
  }

  addDrive(name: string, members: Record<string, Role>): SharedDrive {
    const drive: SharedDrive = { id: idOf("drive", this.drives.size), name, createdTime: this.now(), members: [] };
    this.drives.set(drive.id, drive);
    this.files.set(drive.id, { ...this.#blank(drive.id, { name: "Drive", mimeType: FOLDER }), driveId: drive.id });
    for (const [email, role] of Object.entries(members)) drive.members.push(grantFor(email, role));
    this.#note({ driveId: drive.id, key: drive.id, heard: this.membersOf(drive), drives: new Set([drive.id]) });
    return drive;
  }

  renameDrive(id: string, name: string): void {
    const drive = this.drives.get(id) as SharedDrive;
    drive.name = name;
    this.#note({ driveId: id, key: id, heard: this.membersOf(drive), drives: new Set([id]) });
  }

  /** Takes somebody out of a shared drive, or lets them in again. */
  setMember(driveId: string, email: string, role: Role | undefined): void {
    const drive = this.drives.get(driveId) as SharedDrive;
    const heard = this.membersOf(drive);
    drive.members = drive.members.filter((grant) => grant.email !== email);
    if (role !== undefined) drive.members.push(grantFor(email, role));
    for (const one of this.membersOf(drive)) heard.add(one);
    this.#note({ driveId, key: driveId, heard, drives: new Set([driveId]) });
  }

  add({ name, mimeType = "text/plain", parent, owner, content = "", exports = {}, at, description }: NewFile): string {
    this.#count += 1;
    const id = idOf("file", this.#count);
    const above = parent === undefined ? undefined : this.file(parent);
    const file = this.#blank(id, {
      name,
      mimeType,
      owner: above?.driveId === undefined ? (owner ?? above?.owner) : undefined,
    });
    const time = at ?? this.now();
    Object.assign(file, { parent, driveId: above?.driveId, createdTime: time, modifiedTime: time, description });
    file.modifiedBy = owner ?? above?.owner ?? this.drives.get(above?.driveId ?? "")?.members[0]?.email ?? "";
    file.bytes = Buffer.from(content);
    for (const [mime, text] of Object.entries(exports)) file.exports.set(mime, Buffer.from(text));
    if (file.owner !== undefined) file.grants.push(grantFor(file.owner, "owner"));
    this.files.set(id, file);
    this.#tell(file, new Set());
    return id;
  }

  folder(name: string, parent: string): string {
    return this.add({ name, mimeType: FOLDER, parent });
  }

  shortcut(name: string, parent: string, targetId: string): string {
    const id = this.add({ name, mimeType: SHORTCUT, parent });
    const target = this.file(targetId);
    const key = target.resourceKey;
    this.file(id).target = { id: targetId, mimeType: target.mimeType, ...(key !== undefined && { resourceKey: key }) };
    return id;
  }

  /** Any change; the log names this file alone, also when it is a folder with much below it. */
  change(id: string, deed: (file: DriveFile) => void): void {
    const file = this.file(id);
    const before = this.reachOf(file);
    const drive = file.driveId;
    deed(file);
    file.version += 1;
    this.#tell(file, before, drive);
  }

  write(id: string, content: string | Record<string, string>): void {
    this.change(id, (file) => {
      if (typeof content === "string") file.bytes = Buffer.from(content);
      else for (const [mime, text] of Object.entries(content)) file.exports.set(mime, Buffer.from(text));
      file.revision += 1;
      file.modifiedTime = this.now();
    });
  }

  /** An upload that keeps the time it carries: nothing but the revision tells. */
  upload(id: string, content: string): void {
    this.change(id, (file) => {
      file.bytes = Buffer.from(content);
      file.revision += 1;
    });
  }

  rename(id: string, name: string): void {
    this.change(id, (file) => {
      file.name = name;
    });
  }

  /** Below a folder of the same drive or of another; what hangs from it follows. */
  move(id: string, parent: string): void {
    const { driveId: drive, owner } = this.file(parent);
    this.change(id, (file) => {
      file.parent = parent;
      for (const one of this.below(id)) {
        one.driveId = drive;
        if (drive !== undefined || one.owner !== undefined || owner === undefined) continue;
        one.owner = owner; // in a shared drive nothing has one
        one.grants.push(grantFor(owner, "owner"));
      }
    });
  }

  trash(id: string, trashed = true): void {
    this.change(id, (file) => {
      file.trashed = trashed;
    });
  }

  delete(id: string): void {
    const gone = this.below(id);
    const file = this.file(id);
    const before = this.reachOf(file);
    for (const one of gone) this.files.delete(one.id);
    this.#note({ fileId: id, key: id, heard: before, drives: new Set(file.driveId ? [file.driveId] : []) });
  }

  share(id: string, who: string, role: Role = "reader", more: Partial<Grant> = {}): void {
    this.change(id, (file) => {
      file.grants = file.grants.filter((grant) => grant.id !== grantFor(who, role).id);
      file.grants.push({ ...grantFor(who, role), ...more });
    });
  }

  unshare(id: string, who: string): void {
    this.change(id, (file) => {
      file.grants = file.grants.filter((grant) => grant.id !== grantFor(who, "reader").id);
      file.opened.delete(who);
    });
  }

  /** Somebody looks at it: the version moves, nothing else does. */
  open(id: string, email: string): void {
    this.change(id, (file) => file.opened.add(email));
  }

  comment(id: string, author: string, content: string, quoted?: string): Comment {
    const file = this.file(id);
    const at = this.now();
    const comment: Comment = {
      id: `AAAB${createHash("sha256").update(`${id} ${file.comments.length}`).digest("base64url").slice(0, 7)}`,
      author,
      content,
      ...(quoted !== undefined && { quoted }),
      createdTime: at,
      modifiedTime: at,
      resolved: false,
      deleted: false,
      replies: [],
    };
    this.change(id, () => file.comments.push(comment));
    return comment;
  }

  reply(id: string, comment: Comment, author: string, content: string): void {
    this.change(id, () => {
      const reply = { id: `${comment.id}-${comment.replies.length + 1}`, author, content, time: this.now() };
      comment.replies.push(reply);
      comment.modifiedTime = reply.time;
    });
  }

  #tell(file: DriveFile, before: Set<string>, drive = file.driveId): void {
    const drives = new Set([drive, file.driveId].filter((id) => id !== undefined));
    this.#note({ fileId: file.id, key: file.id, heard: new Set([...before, ...this.reachOf(file)]), drives });
  }

  #note(entry: Omit<LogEntry, "seq" | "time">): void {
    const noted = { ...entry, seq: this.#seq, time: this.now() };
    this.#seq += 1;
    this.log.push(noted);
    this.onChange(noted);
  }

  #blank(
    id: string,
    { name, mimeType = "", owner }: { name: string; mimeType?: string; owner?: string | undefined },
  ): DriveFile {
    const time = this.now();
    return {
      ...{ id, name, mimeType, owner, parent: undefined, driveId: undefined, createdTime: time, modifiedTime: time },
      ...{
        modifiedBy: owner ?? "",
        bytes: Buffer.alloc(0),
        exports: new Map(),
        revision: 1,
        version: 1,
        trashed: false,
      },
      ...{
        description: undefined,
        starred: false,
        target: undefined,
        resourceKey: undefined,
        grants: [],
        limited: false,
      },
      ...{ opened: new Set<string>(), canDownload: true, abusive: false, comments: [] },
    };
  }
}

/** `acme.example` is a domain, `anyone` is anyone, `team@groups.acme.example` a group, all else a person. */
function grantFor(who: string, role: Role): Grant {
  if (who === "anyone") return { id: "anyoneWithLink", type: "anyone", role, discoverable: false };
  if (!who.includes("@")) return { id: `${who}k`, type: "domain", role, domain: who, discoverable: true };
  const id = createHash("sha256").update(who).digest("hex").slice(0, 18);
  return { id, type: who.includes("@groups.") ? "group" : "user", role, email: who };
}
