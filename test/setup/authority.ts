import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

export interface Issued {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority for one test, in a folder that goes with it. */
export interface Authority {
  readonly folder: string;
  /** Its own certificate. */
  readonly certificate: string;
  /** A certificate for a common name and other names, such as `DNS:localhost`; it ended yesterday where `days` is -1. */
  issue(commonName: string, names?: string, days?: number): Issued;
  close(): void;
}

const CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Made by openssl, which comes with Debian's PostgreSQL. Everything in the folder belongs to the user `owner`, where one is named. */
export function createAuthority(owner?: { uid?: number; gid?: number }): Authority {
  const folder = mkdtempSync(join(tmpdir(), "headwater-authority-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const own = (...files: string[]) => {
    for (const file of files) {
      chmodSync(file, file === folder ? 0o755 : 0o600);
      if (owner?.uid !== undefined) chownSync(file, owner.uid, owner.gid ?? owner.uid);
    }
  };
  const [certificate, key] = [join(folder, "authority.crt"), join(folder, "authority.key")];
  openssl(
    "req",
    "-x509",
    ...CURVE,
    "-keyout",
    key,
    "-out",
    certificate,
    "-subj",
    `/CN=${basename(folder)}`,
    "-days",
    "30",
  );
  own(folder, certificate, key);
  let issued = 0;
  return {
    folder,
    certificate,
    issue(commonName, names, days = 30) {
      issued += 1;
      const file = (ending: string) => join(folder, `${issued}.${ending}`);
      openssl("req", ...CURVE, "-keyout", file("key"), "-out", file("csr"), "-subj", `/CN=${commonName}`);
      writeFileSync(file("ext"), names === undefined ? "" : `subjectAltName=${names}\n`);
      const signed = ["-CA", certificate, "-CAkey", key, "-extfile", file("ext"), "-days", String(days)];
      openssl("x509", "-req", "-in", file("csr"), ...signed, "-out", file("crt"));
      own(file("crt"), file("key"));
      return { cert: file("crt"), key: file("key") };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
