import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface CertificateOptions {
  /** Names and addresses; by default this machine's own. */
  names?: readonly string[];
  from?: Date;
  until?: Date;
}

/** A certificate signed by itself, and its key, PEM. By default good since two days ago, and until tomorrow. */
export function makeCertificate(options: CertificateOptions = {}): { certificate: string; key: string } {
  const { names = ["localhost", "127.0.0.1"], from = daysFromNow(-2), until = daysFromNow(1) } = options;
  const folder = mkdtempSync(join(tmpdir(), "headwater-certificate-"));
  const at = (file: string) => join(folder, file);
  const run = (...words: string[]) => execFileSync("openssl", words, { stdio: "ignore" });
  const alternative = names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(",");
  try {
    // `openssl ca`, because it alone takes dates in the past, also before OpenSSL 3.4.
    writeFileSync(at("index.txt"), "");
    writeFileSync(at("ca.conf"), authority(folder, alternative));
    // biome-ignore format: a command line
    run("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", `/CN=${names[0]}`,
      "-keyout", at("key.pem"), "-out", at("request.pem"));
    // biome-ignore format: a command line
    run("ca", "-batch", "-selfsign", "-notext", "-config", at("ca.conf"), "-extensions", "own", "-keyfile", at("key.pem"),
      "-startdate", written(from), "-enddate", written(until), "-in", at("request.pem"), "-out", at("certificate.pem"));
    return { certificate: readFileSync(at("certificate.pem"), "utf8"), key: readFileSync(at("key.pem"), "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function authority(folder: string, alternative: string): string {
  return `
[ca]
default_ca = own_ca
[own_ca]
database = ${folder}/index.txt
new_certs_dir = ${folder}
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
[own]
subjectAltName = ${alternative}
`;
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}

/** As openssl reads times: 20261121000000Z. */
function written(time: Date): string {
  return `${time.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
}
