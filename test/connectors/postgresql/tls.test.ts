import { execFileSync } from "node:child_process";
import { lookup } from "node:dns";
import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { PostgresApi } from "../../../src/connectors/postgresql/api.ts";
import { PostgresConfig } from "../../../src/connectors/postgresql/options.ts";
import { ConnectorError } from "../../../src/model/index.ts";
import { createAuthority, type Issued } from "../../setup/authority.ts";
import { serverPerson } from "../../setup/postgres.ts";
import type { Database } from "./database.ts";
import { withPostgres } from "./place.ts";

const authority = createAuthority(serverPerson());
const stranger = createAuthority(serverPerson());
afterAll(() => {
  authority.close();
  stranger.close();
});

const inFolder = (name: string) => join(authority.folder, name);
const server = authority.issue("localhost", "DNS:localhost");
const [cert, key] = [inFolder("server.crt"), inFolder("server.key")];
const RULES = `
local all all trust
host all owner 127.0.0.1/32 trust
hostssl all "ada@example.com" 127.0.0.1/32 cert
hostssl all encrypted 127.0.0.1/32 trust
hostnossl all plain 127.0.0.1/32 trust
host all keyed 127.0.0.1/32 scram-sha-256
`;
writeFileSync(inFolder("rules.conf"), RULES, { mode: 0o644 });
// Files that stand still, with contents of now this and now that: a reload takes them.
execFileSync("cp", ["-p", server.cert, cert]);
execFileSync("cp", ["-p", server.key, key]);
const SETTINGS = [
  "ssl=on",
  `ssl_cert_file=${cert}`,
  `ssl_key_file=${key}`,
  `ssl_ca_file=${authority.certificate}`,
  `hba_file=${inFolder("rules.conf")}`,
];

await withPostgres(
  "an encrypted way to the server",
  (place) => {
    const role = (name: string, rest = "") =>
      `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN CREATE ROLE "${name}" LOGIN ${rest}; END IF; END $$`;
    const shopOf = () =>
      place.database(
        role("ada@example.com"),
        role("encrypted"),
        role("plain"),
        role("keyed", "PASSWORD 'pass%wörd'"),
        "CREATE TABLE t (id int PRIMARY KEY); GRANT SELECT ON t TO public",
      );

    it("each mode checks what it promises, and says what is wrong and what to do", async () => {
      const shop = await shopOf();
      const ca = { sslRootCert: authority.certificate };
      const asked = (options: Record<string, unknown>) => outcome(shop, { host: "localhost", ...options });
      expect(await asked({ ssl: "disable" })).toBe("ok");
      expect(await asked({ ssl: "prefer" })).toBe("ok");
      expect(await asked({ ssl: "require" })).toBe("ok");
      expect(await asked({ ssl: "verify-full", ...ca })).toBe("ok");
      expect(await asked({ ssl: "verify-full" })).toBe(
        `config: The certificate of localhost:${place.server.port} is signed by nobody that this machine knows. ` +
          "Set sslRootCert to the .pem file of your provider's certificate authority.",
      );
      expect(await asked({ ssl: "verify-ca", host: "127.0.0.1", ...ca })).toBe("ok");
      expect(await asked({ ssl: "verify-full", host: "127.0.0.1", ...ca })).toBe(
        `config: The certificate of 127.0.0.1:${place.server.port} is for localhost. ` +
          "Set host to that name; where it leads nowhere, ssl: verify-ca with sslRootCert checks the rest.",
      );
      const other = { sslRootCert: stranger.certificate };
      const unsigned = /^config: .* is not signed by the authority in sslRootCert\. Fetch the \.pem file/;
      expect(await asked({ ssl: "verify-ca", ...other })).toMatch(unsigned);
      expect(await asked({ ssl: "require", ...other })).toMatch(unsigned); // an authority that is named is asked, as in libpq
    });

    it("a connection string takes the words that psql takes", async () => {
      const shop = await shopOf();
      const url = `postgresql://owner@localhost:${place.server.port}/${shop.name}`;
      const asked = (connectionString: string) => outcome(shop, { connectionString });
      expect(await asked(`${url}?sslmode=verify-full&sslrootcert=${authority.certificate}&connect_timeout=9`)).toBe(
        "ok",
      );
      expect(await asked(`${url}?sslmode=require&sslrootcert=system`)).toMatch(
        /signed by nobody that this machine knows/,
      );
      expect(
        await asked(
          `host=localhost port=${place.server.port} user=owner dbname='${shop.name}' sslmode=verify-full sslrootcert=${authority.certificate}`,
        ),
      ).toBe("ok");
      expect(await asked(`${url}?sslmode=allow`)).toBe("ok");
      expect(await asked(`${url}?sslmode=sometimes`)).toMatch(
        /^config: connectionString cannot be used\. Its sslmode is/,
      );
      expect(await asked(`${url}?port=99999`)).toMatch(
        /^config: connectionString cannot be used\. Its port is not a number/,
      );
      expect(await asked("postgresql://one.example.com,two.example.com/shop")).toMatch(
        /It names several servers: name one\./,
      );
      expect(await asked("host=localhost 'user=owner")).toMatch(/What it says after its first words cannot be read\./);
      expect(await outcome(shop, { notifyAddress: "owner:secret@localhost" })).toBe(
        "config: notifyAddress cannot be used. It is more, or less, than a host. " +
          "Write it as db.example.com:5432, or db.example.com:5432/database. The role and password are those of the source.",
      );
      expect(await asked(`${url}?sslmode=verify-full&sslrootcert=root.crt`)).toBe(
        "config: The path of sslrootcert in connectionString does not begin at the root. Write the whole path, or one that begins with ~/.",
      );
    });

    it("a server's certificate that is self-signed, or has expired, is told apart", async () => {
      const shop = await shopOf();
      const asked = (options: Record<string, unknown>) =>
        outcome(shop, { host: "localhost", ssl: "verify-full", ...options });
      const present = async ({ cert: nextCert, key: nextKey }: Issued, options: object, said: RegExp) => {
        copyFileSync(nextCert, cert);
        copyFileSync(nextKey, key);
        await shop.run("SELECT pg_reload_conf()");
        await vi.waitFor(async () => expect(await asked({ ...options })).toMatch(said), { timeout: 10_000 });
      };
      const expired = /^config: The certificate of localhost:\d+ has expired\. Have it renewed at the server\.$/;
      await present(authority.issue("localhost", "DNS:localhost", -1), { sslRootCert: authority.certificate }, expired);
      const own = { cert: stranger.certificate, key: join(stranger.folder, "authority.key") };
      await present(own, {}, /^config: .* is signed by nobody but itself\. Copy the server's own certificate/);
      expect(await asked({ ssl: "verify-ca", sslRootCert: stranger.certificate })).toBe("ok");
      await present(server, { sslRootCert: authority.certificate }, /^ok$/);
    });

    it("a client certificate lets a role in, and each way that fails is told", async () => {
      const shop = await shopOf();
      const ada = authority.issue("ada@example.com");
      const asked = (options: Record<string, unknown>) =>
        outcome(shop, {
          user: "ada@example.com",
          ssl: "verify-ca",
          sslRootCert: authority.certificate,
          ...options,
        });
      const shown = ({ cert: sslCert, key: sslKey }: Issued) => ({ sslCert, sslKey });
      expect(await asked(shown(ada))).toBe("ok");
      expect(await asked({})).toBe(
        "auth: The server wants a client certificate of ada@example.com. Set sslCert and sslKey.",
      );
      expect(await asked(shown(authority.issue("bob@example.com")))).toMatch(
        /^auth: The certificate in sslCert is not one of ada@example\.com\. Have one made whose common name is/,
      );
      expect(await asked(shown(stranger.issue("ada@example.com")))).toMatch(
        /^auth: The server does not know who signed the certificate in sslCert\./,
      );
      expect(await asked(shown(authority.issue("ada@example.com", undefined, -1)))).toMatch(
        /^auth: The certificate in sslCert has expired\./,
      );
      const other = authority.issue("ada@example.com");
      expect(await asked({ sslCert: ada.cert, sslKey: other.key })).toMatch(/^config: sslKey is not the key of the/);
      expect(await asked({ sslCert: ada.cert })).toMatch(/^config: sslCert is set without sslKey\./);
      expect(await asked({ sslCert: ada.key, sslKey: ada.key })).toMatch(
        /that sslCert names holds no certificate in PEM/,
      );
      const locked = inFolder("locked.key");
      execFileSync("openssl", ["pkey", "-in", ada.key, "-aes256", "-passout", "pass:wörd", "-out", locked]);
      expect(await asked({ sslCert: ada.cert, sslKey: locked })).toBe(
        "config: The file that sslKey names is locked. Set sslKeyPassword.",
      );
      expect(await asked({ sslCert: ada.cert, sslKey: locked, sslKeyPassword: "no" })).toMatch(
        /is locked, and not with sslKeyPassword\. Correct/,
      );
      expect(await asked({ sslCert: ada.cert, sslKey: locked, sslKeyPassword: "wörd" })).toBe("ok");
      chmodSync(ada.key, 0o644);
      const { limits, warnings } = await (
        await place.source(shop, { user: "ada@example.com", ssl: "require", ...shown(ada) })
      ).engine.test("shop");
      expect(warnings).toContain(
        `Everybody on this machine may read the file that sslKey names. Better: chmod 600 ${ada.key}`,
      );
      expect(limits.join()).toMatch(/the certificate in sslCert ends on 20\d\d-\d\d-\d\d/);
    });

    it("a server that takes one way only is told, and prefer finds it", async () => {
      const shop = await shopOf();
      expect(await outcome(shop, { user: "encrypted", ssl: "disable" })).toMatch(
        /^auth: The server lets nobody in as encrypted to shop_\w+ from here without encryption\. Set ssl: verify-full/,
      );
      expect(await outcome(shop, { user: "encrypted" })).toBe("ok");
      expect(await outcome(shop, { user: "plain", ssl: "require" })).toMatch(
        /^auth: The server lets nobody in as plain to shop_\w+ from here\. Add a line to its pg_hba\.conf/,
      );
      expect(await outcome(shop, { user: "plain" })).toBe("ok");
    });

    it("passwords come from an option, a file and a service, and a wrong or missing one is told", async () => {
      const shop = await shopOf();
      const { port } = place.server;
      const asked = (options: Record<string, unknown>) => outcome(shop, { connectionString: undefined, ...options });
      const reach = { host: "127.0.0.1", port, database: shop.name, user: "keyed" };
      const [passwords, services] = [inFolder("pgpass"), inFolder("services.conf")];
      writeFileSync(passwords, `127.0.0.1:${port}:*:keyed:pass%wörd\n`);
      writeFileSync(
        services,
        `# ours\n[shop]\nhost=127.0.0.1\nport=${port}\nuser=keyed\ndbname=${shop.name}\npassword=pass%wörd\n\n[late]\nport=1\nhost = 127.0.0.1\n`,
      );
      expect(await asked({ ...reach, password: "pass%wörd" })).toBe("ok");
      expect(
        await asked({ connectionString: `postgresql://keyed:pass%25w%C3%B6rd@127.0.0.1:${port}/${shop.name}` }),
      ).toBe("ok");
      expect(await asked({ ...reach, passwordFile: passwords })).toBe("ok");
      expect(await asked({ service: "shop", serviceFile: services })).toBe("ok");
      expect(await asked({ connectionString: "postgresql:///?service=shop", serviceFile: services })).toBe("ok");
      expect(await asked({ ...reach, password: "no" })).toBe(
        "auth: PostgreSQL refused the password of keyed. Set the right one in password or passwordFile.",
      );
      expect(await asked(reach)).toBe("auth: The server asks for the password of keyed. Set password or passwordFile.");
      expect(await asked({ ...reach, host: "localhost", passwordFile: passwords })).toBe(
        `auth: The server asks for the password of keyed. Add a line to the file that passwordFile names: localhost:${port}:${shop.name}:keyed:PASSWORD`,
      );
      expect(await asked({ service: "late", serviceFile: services })).toMatch(
        /^unavailable: No PostgreSQL answers at 127\.0\.0\.1:1\./,
      );
      expect(await asked({ service: "shop", port: 1, serviceFile: services })).toMatch(
        /^unavailable: No PostgreSQL answers at 127\.0\.0\.1:1\./,
      );
      expect(await asked({ service: "Shop", serviceFile: services })).toBe(
        "config: The file of services has no [Shop]. Correct service. The file has shop, late.",
      );
      expect(await asked({ service: "shop", serviceFile: inFolder("none.conf") })).toMatch(
        /^config: The file of services cannot be read\. Make ~\/\.pg_service\.conf/,
      );
    });
  },
  SETTINGS,
);

/** What comes of a connection: ok, or the sentence of what is wrong. */
async function outcome(shop: Database, options: Record<string, unknown>): Promise<string> {
  let api: PostgresApi | undefined;
  try {
    api = new PostgresApi(PostgresConfig.parse({ connectionString: shop.url, ...options }), { lookup: () => lookup });
    const client = await api.connect();
    await client.query("SELECT FROM t");
    client.release();
    return "ok";
  } catch (thrown) {
    const { kind, message, hint } = ConnectorError.from(thrown);
    return `${kind}: ${message} ${hint}`;
  } finally {
    await api?.close();
  }
}
