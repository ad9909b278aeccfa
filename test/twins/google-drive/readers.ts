import type { GoogleAccounts, Person } from "../google/accounts.ts";
import type { DriveFile, Grant, Role, SharedDrive } from "./model.ts";

/** What lies in the Drives of some people, and who may read it. */
export class Readers {
  readonly files = new Map<string, DriveFile>();
  readonly drives = new Map<string, SharedDrive>();
  readonly accounts: GoogleAccounts;

  constructor(accounts: GoogleAccounts) {
    this.accounts = accounts;
  }

  file(id: string): DriveFile {
    const file = this.files.get(id);
    if (file === undefined) throw new Error(`The twin has no file ${id}.`);
    return file;
  }

  /** It and everything below. */
  below(id: string): DriveFile[] {
    const found: DriveFile[] = [];
    const ids = [id];
    for (let next = ids.shift(); next !== undefined; next = ids.shift()) {
      found.push(this.file(next));
      for (const file of this.files.values()) if (file.parent === next) ids.push(file.id);
    }
    return found;
  }

  /** Of itself or of a folder above it. */
  isTrashed(file: DriveFile): boolean {
    for (let one: DriveFile | undefined = file; one !== undefined; one = this.files.get(one.parent ?? ""))
      if (one.trashed) return true;
    return false;
  }

  /** Everything that lets somebody in: its own grants, what it inherits, the members of its drive. */
  grants(file: DriveFile): { grant: Grant; inherited: boolean }[] {
    const found = new Map(file.grants.map((grant) => [grant.id, { grant, inherited: false }]));
    for (let one = file; !one.limited; ) {
      const above = this.files.get(one.parent ?? "");
      if (above === undefined) break;
      for (const grant of above.grants)
        if (!found.has(grant.id) && grant.role !== "owner") found.set(grant.id, { grant, inherited: true });
      one = above;
    }
    const limited = this.#chain(file).some((one) => one.limited);
    for (const grant of this.drives.get(file.driveId ?? "")?.members ?? [])
      if (!found.has(grant.id) && (!limited || grant.role === "organizer"))
        found.set(grant.id, { grant, inherited: true });
    return [...found.values()];
  }

  #chain(file: DriveFile): DriveFile[] {
    const above = this.files.get(file.parent ?? "");
    return above === undefined ? [file] : [file, ...this.#chain(above)];
  }

  roleOf(person: Person, file: DriveFile): Role | undefined {
    if (file.owner === person.email) return "owner";
    return this.grants(file).find(({ grant }) => this.#matches(grant, person))?.grant.role;
  }

  canRead(person: Person, file: DriveFile): boolean {
    return this.roleOf(person, file) !== undefined;
  }

  isMember(person: Person, drive: SharedDrive): boolean {
    return drive.members.some((grant) => this.#matches(grant, person));
  }

  /** What counts as theirs in lists: made, opened, or shared with them themselves, not through a folder. */
  isTheirs(person: Person, file: DriveFile): boolean {
    if (!this.canRead(person, file)) return false;
    const direct = file.grants.some((grant) => grant.type !== "anyone" && this.#matches(grant, person));
    return file.owner === person.email || file.opened.has(person.email) || direct;
  }

  #matches({ type, email = "", domain }: Grant, person: Person): boolean {
    if (type === "anyone") return true;
    if (type === "domain") return domain === person.domain;
    return email === person.email || (this.accounts.groups.get(email)?.has(person.email) ?? false);
  }

  /** Addresses of everybody who is in a shared drive. */
  membersOf(drive: SharedDrive): Set<string> {
    return new Set(
      [...this.accounts.people.values()].filter((one) => this.isMember(one, drive)).map((one) => one.email),
    );
  }

  /** Addresses of everybody whose log tells of a file. */
  reachOf(file: DriveFile): Set<string> {
    const hears = (one: Person) => (file.driveId === undefined ? this.canRead(one, file) : this.isTheirs(one, file));
    return new Set([...this.accounts.people.values()].filter(hears).map((one) => one.email));
  }
}
