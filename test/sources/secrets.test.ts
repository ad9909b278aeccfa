import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/sources/clock.ts";
import { secretsFile } from "../../src/sources/keys/sealed-files.ts";
import { LateSecret } from "../../src/sources/late-secret.ts";
import { maskSecrets, Secret } from "../../src/sources/secret.ts";
import { openSecrets } from "../../src/sources/secrets/open-secrets.ts";
import { SecretSettings } from "../../src/sources/secrets/secret-settings.ts";
import { signAws } from "../../src/sources/secrets/sign-aws.ts";
import { AwsSecretsTwin } from "../twins/aws-secrets-manager.ts";
import { VaultTwin } from "../twins/vault.ts";
import { silent } from "./login/settings.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-secrets-"));
});

function open(env: Record<string, string> = {}, settings: object = {}) {
  const parsed = SecretSettings.parse(settings);
  return openSecrets({ dataFolder: folder, settings: parsed, clock: systemClock, log: silent, env });
}

const read = async (secrets: ReturnType<typeof open>, reference: string) => {
  const { token } = await secrets.open({ token: new LateSecret(reference) });
  return (token as unknown as Secret).reveal();
};

describe("secrets of our own", () => {
  it("come out of the encrypted file where the configuration names them, at any depth, and are masked from then on", async () => {
    await secretsFile({ dataFolder: folder, clock: systemClock }).write("pg", "hunter-2-🦦");
    const late = new LateSecret("secret://pg");
    const opened = await open().open({ url: late, list: [{ deep: late }], plain: 7, known: new Secret("as it was") });
    expect((opened.url as unknown as Secret).reveal()).toBe("hunter-2-🦦");
    const [first] = opened.list as unknown as { deep: Secret }[];
    expect(first?.deep.reveal()).toBe("hunter-2-🦦");
    expect(opened.plain).toBe(7);
    expect(opened.known.reveal()).toBe("as it was");
    expect(maskSecrets("it said hunter-2-🦦 loudly")).toBe("it said *** loudly");
    expect(JSON.stringify(opened)).not.toContain("hunter");
  });

  it("that are not there say which one and the command", async () => {
    await expect(read(open(), "secret://gone")).rejects.toMatchObject({
      kind: "config",
      message: "There is no secret named gone.",
      hint: "Put it there: headwater secrets set gone",
    });
  });

  it("show their reference until then, and a placeholder that opens nothing", async () => {
    const late = new LateSecret("secret://pg");
    expect(`${late} ${JSON.stringify(late)}`).toBe('secret://pg "secret://pg"');
    expect(new LateSecret("secret://pg").placeholder).not.toBe(late.placeholder);
    expect(await open().openText("just a text")).toBe("just a text");
  });
});

describe("credentials in Vault", () => {
  let vault: VaultTwin;
  beforeAll(async () => {
    vault = await VaultTwin.open();
    vault.tokens.set("hvs.reader", ["secret/team/", "team/kv/", "old/"]);
    vault.put("secret/team/github", { token: "ghp_first", user: "marta" });
    vault.put("secret/team/github", { token: "ghp_second", port: 5432 });
    vault.put("team/kv/mail box", { password: "of the mail" });
    vault.put("old/pg", { password: "version one" });
    vault.put("secret/team/gone", { token: "x" });
    vault.put("secret/team/gone", null);
    vault.put("secret/boss/salary", { amount: "much" });
  });
  afterAll(async () => {
    expect(vault.refusals).toEqual([]);
    await vault.close();
  });
  const byToken = () => open({ VAULT_ADDR: vault.address, VAULT_TOKEN: "hvs.reader" });

  it.each([
    ["vault:secret/team/github#token", "ghp_second"],
    ["vault:secret/team/github#token?version=1", "ghp_first"],
    ["vault:secret/team/github#port", "5432"],
    ["vault:secret/data/team/github#token", "ghp_second"],
    ["vault:team/kv/mail box#password", "of the mail"],
    ["vault:old/pg#password", "version one"],
  ])("%s is read from either version of KV, wherever it is mounted", async (reference, value) => {
    expect(await read(byToken(), reference)).toBe(value);
  });

  it("are read after a login by AppRole, which is made once", async () => {
    vault.roles.set("role-of-hall", { secretId: "secret-of-hall", paths: ["secret/team/"] });
    const secrets = open(
      { VAULT_ADDR: vault.address, VAULT_SECRET_ID: "secret-of-hall" },
      { vault: { roleId: "role-of-hall" } },
    );
    vault.asked.length = 0;
    expect(await read(secrets, "vault:secret/team/github#token")).toBe("ghp_second");
    expect(await read(secrets, "vault:secret/team/github#port")).toBe("5432");
    expect(vault.asked.filter((line) => line.startsWith("POST"))).toEqual(["POST /v1/auth/approle/login"]);
    const wrong = open({ VAULT_ADDR: vault.address, VAULT_ROLE_ID: "role-of-hall", VAULT_SECRET_ID: "wrong" });
    await expect(read(wrong, "vault:secret/team/github#token")).rejects.toMatchObject({
      kind: "auth",
      hint: expect.stringContaining("secretId"),
    });
  });

  it("are read by a pod with its Kubernetes service account, under another mount too", async () => {
    const kubernetesTokenFile = join(folder, "token");
    writeFileSync(kubernetesTokenFile, "eyJ.of.pod\n");
    vault.kubernetes.set("hall", { jwt: "eyJ.of.pod", paths: ["old/"] });
    const settings = { address: vault.address, kubernetesRole: "hall", kubernetesTokenFile, loginMount: "k8s-hall" };
    expect(await read(open({}, { vault: settings }), "vault:old/pg#password")).toBe("version one");
  });

  it("are read with a token that is itself a secret of ours", async () => {
    await secretsFile({ dataFolder: folder, clock: systemClock }).write("vault", "hvs.reader");
    const late = new LateSecret("secret://vault");
    const secrets = open({ VAULT_ADDR: vault.address }, { vault: { token: late.placeholder } });
    expect(await read(secrets, "vault:old/pg#password")).toBe("version one");
  });

  it.each([
    ["vault:secret/team/github#tokne", "config", "has no field tokne"],
    ["vault:secret/team/gone#token", "config", "There is no vault:secret/team/gone"],
    ["vault:secret/team/nothing#token", "config", "There is no vault:secret/team/nothing"],
    ["vault:secret/boss/salary#amount", "auth", "does not let this login read vault:secret/boss/salary"],
    ["vault:nowhere/x#y", "auth", "does not let this login read"],
  ])("%s says what is wrong without a word of Vault's", async (reference, kind, words) => {
    const error = await read(byToken(), reference).catch((thrown) => thrown);
    expect(error).toMatchObject({ kind, message: expect.stringContaining(words) });
    expect(`${error.message} ${error.hint}`).not.toMatch(/preflight|permission denied|ghp_/);
  });

  it("of a Vault that is sealed, in another namespace, or not named are told apart", async () => {
    vault.sealed = true;
    await expect(read(byToken(), "vault:old/pg#password")).rejects.toMatchObject({ kind: "unavailable" });
    vault.sealed = false;
    vault.namespace = "hall";
    await expect(read(byToken(), "vault:old/pg#password")).rejects.toMatchObject({ kind: "config" });
    const inside = open({ VAULT_ADDR: vault.address, VAULT_TOKEN: "hvs.reader", VAULT_NAMESPACE: "hall" });
    expect(await read(inside, "vault:old/pg#password")).toBe("version one");
    vault.namespace = undefined;
    await expect(read(open({ VAULT_TOKEN: "x" }), "vault:old/pg#password")).rejects.toMatchObject({
      kind: "config",
      hint: expect.stringContaining("VAULT_ADDR"),
    });
  }, 60_000);
});

describe("credentials in AWS Secrets Manager", () => {
  let aws: AwsSecretsTwin;
  beforeAll(async () => {
    aws = await AwsSecretsTwin.open();
    aws.users.set("AKIDHALL", { secretKey: "wJalr/of+the=hall" });
    aws.users.set("ASIAGUEST", { secretKey: "guest", session: "session-of-guest", may: ["prod/github"] });
    aws.put("prod/github", { text: "ghp_before" });
    aws.put("prod/github", { text: JSON.stringify({ token: "ghp_now", id: 7, empty: "" }) });
    aws.put("prod/key.pem", { binary: Buffer.from("-----BEGIN 🦦").toString("base64") });
    aws.put("prod/old", { text: "x" });
    aws.markDeleted("prod/old");
  });
  afterAll(async () => {
    expect(aws.refusals).toEqual([]);
    await aws.close();
  });
  const hall = (more: Record<string, string> = {}) =>
    open({
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "AKIDHALL",
      AWS_SECRET_ACCESS_KEY: "wJalr/of+the=hall",
      AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.endpoint,
      ...more,
    });

  it.each([
    ["aws-sm:prod/github#token", "ghp_now"],
    ["aws-sm:prod/github#id", "7"],
    ["aws-sm:prod/github?stage=AWSPREVIOUS", "ghp_before"],
    ["aws-sm:prod/github?version=version-1", "ghp_before"],
    ["aws-sm:prod/key.pem", "-----BEGIN 🦦"],
    ["aws-sm:arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/github-a1b2c3#token", "ghp_now"],
  ])("%s is read with a signed request", async (reference, value) => {
    expect(await read(hall({ AWS_REGION: reference.includes("arn:") ? "us-east-1" : "eu-central-1" }), reference)).toBe(
      value,
    );
  });

  it("are read with a profile of the credentials file, session token and all", async () => {
    const file = join(folder, "credentials");
    writeFileSync(
      file,
      "[default]\naws_access_key_id = NOBODY\naws_secret_access_key = x\n\n[guest]\r\naws_access_key_id=ASIAGUEST\r\naws_secret_access_key = guest\r\naws_session_token = session-of-guest\r\n",
    );
    const settings = { aws: { profile: "guest", region: "eu-central-1", endpoint: aws.endpoint } };
    const secrets = open({ AWS_SHARED_CREDENTIALS_FILE: file, AWS_ACCESS_KEY_ID: "AKIDHALL" }, settings);
    expect(await read(secrets, "aws-sm:prod/github#token")).toBe("ghp_now");
    await expect(read(secrets, "aws-sm:prod/key.pem")).rejects.toMatchObject({
      kind: "auth",
      message: expect.stringContaining("does not let these credentials read aws-sm:prod/key.pem"),
    });
  });

  it.each([
    ["aws-sm:prod/nothing", {}, "config", "There is no aws-sm:prod/nothing"],
    ["aws-sm:prod/old", {}, "config", "marked for deletion"],
    ["aws-sm:prod/github#tokne", {}, "config", "has no key tokne"],
    ["aws-sm:prod/github#empty", {}, "config", "has no key empty"],
    ["aws-sm:prod/key.pem#token", {}, "config", "is no JSON"],
    ["aws-sm:prod/github", { AWS_SECRET_ACCESS_KEY: "wrong" }, "auth", "did not accept the signature"],
    ["aws-sm:prod/github", { AWS_ACCESS_KEY_ID: "AKIDNOBODY" }, "auth", "does not know these credentials"],
    ["aws-sm:prod/github", { AWS_SESSION_TOKEN: "old" }, "auth", "have ended"],
    ["aws-sm:prod/github", { AWS_REGION: "eu-west-1" }, "auth", "did not accept the signature"],
    ["aws-sm:prod/github", { AWS_REGION: "" }, "config", "needs to know its AWS region"],
  ])("%s with %j says what is wrong in our words", async (reference, env, kind, words) => {
    const error = await read(hall(env as Record<string, string>), reference).catch((thrown) => thrown);
    expect(error).toMatchObject({ kind, message: expect.stringContaining(words) });
    expect(`${error.message} ${error.hint}`).not.toMatch(/own words|ghp_|wJalr/);
  });
});

describe("a request to AWS", () => {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
  const base = { region: "us-east-1", body: "", headers: {}, now: new Date("2015-08-30T12:36:00Z") };

  /** Amazon's published examples: the Signature Version 4 test suite, and the walk through ListUsers in the IAM guide. */
  it.each([
    [
      "get-vanilla",
      { method: "GET", url: "https://example.amazonaws.com/", service: "service" },
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    ],
    [
      "post-vanilla",
      { method: "POST", url: "https://example.amazonaws.com/", service: "service" },
      "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    ],
    [
      "ListUsers",
      {
        method: "GET",
        url: "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
        service: "iam",
        headers: { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" },
      },
      "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    ],
  ])("is signed as in Amazon's example %s", (_name, request, signature) => {
    expect(signAws({ ...base, ...request }, credentials).authorization).toMatch(new RegExp(`Signature=${signature}$`));
  });
});
