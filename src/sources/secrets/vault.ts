import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ConnectorError, type Http, type HttpFailure } from "../../connectors/kit/index.ts";
import type { SecretContext } from "./secret-provider.ts";
import { withSecretService } from "./secret-service.ts";

const Login = z.object({ auth: z.object({ client_token: z.string().min(1), lease_duration: z.number().default(0) }) });
const Mount = z.object({
  data: z.object({ path: z.string(), options: z.object({ version: z.string().optional() }).nullish() }),
});
const Fields = z.record(z.string(), z.unknown());
const SecondVersion = z.object({ data: z.object({ data: Fields.nullable() }) });
const FirstVersion = z.object({ data: Fields });

/**
 * `mount/path#field`, KV version 1 or 2, whichever is mounted there; `?version=3` for an older one of version 2.
 * Source: developer.hashicorp.com/vault/api-docs, checked 2026-11-21.
 */
export async function readVault(rest: string, context: SecretContext): Promise<string> {
  const [, path = "", field = "", version] = /^([^#]+)#([^?]+)(?:\?version=(\d+))?$/.exec(rest) ?? [];
  return withVault(context, `vault:${path}`, async (http) => {
    const headers = { "x-vault-token": await clientToken(http, context) };
    const fields = await readFields(http, headers, path, version);
    const value = fields?.[field];
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "number") return String(value);
    const there = Object.keys(fields ?? {});
    throw new ConnectorError(
      "config",
      fields ? `vault:${path} has no field ${field}.` : `vault:${path} was deleted in Vault.`,
      { hint: there.length > 0 ? `It has: ${there.join(", ")}` : `See: vault kv get ${path}` },
    );
  });
}

async function withVault<T>(context: SecretContext, reference: string, run: (http: Http) => Promise<T>): Promise<T> {
  const { settings, env } = context;
  const address = settings.vault.address ?? env.VAULT_ADDR;
  if (!address || !URL.canParse(address)) {
    throw new ConnectorError("config", `${reference} needs to know where Vault is.`, {
      hint: "Set VAULT_ADDR, or secrets.vault.address in the configuration.",
    });
  }
  const namespace = settings.vault.namespace ?? env.VAULT_NAMESPACE;
  return withSecretService(
    context,
    {
      name: "Vault",
      reference,
      baseUrl: `${address.replace(/\/+$/, "")}/v1`,
      allowPrivateNetwork: true, // a Vault is where its owner put it; no address comes from outside
      headers: () => ({ "x-vault-request": "true", ...(namespace && { "x-vault-namespace": namespace }) }),
      explain: (failure) => explain(failure, reference),
    },
    run,
  );
}

/** A token that was given, else one that a login brings, kept until shortly before its end. */
async function clientToken(http: Http, context: SecretContext): Promise<string> {
  const { settings, env, clock, memory } = context;
  const order = await loginOrder(context);
  if (!order) {
    const given = settings.vault.token && (await context.openText(settings.vault.token));
    return given || env.VAULT_TOKEN || tokenFile() || noLogin();
  }
  const kept = memory.get(order.url);
  const now = clock.now().getTime();
  if (kept && now < kept.until) return kept.value;
  const { body } = await http.json({ url: order.url, method: "POST", body: order.body, anonymous: true }, Login);
  const { client_token, lease_duration } = body.auth;
  memory.set(order.url, { value: client_token, until: now + lease_duration * 800 });
  return client_token;
}

async function loginOrder({ settings: { vault }, env, openText }: SecretContext) {
  if (vault.kubernetesRole !== undefined) {
    const jwt = serviceAccountToken(vault.kubernetesTokenFile);
    return { url: `/auth/${vault.loginMount ?? "kubernetes"}/login`, body: { role: vault.kubernetesRole, jwt } };
  }
  const roleId = vault.roleId ?? (vault.token === undefined && !env.VAULT_TOKEN ? env.VAULT_ROLE_ID : undefined);
  if (!roleId) return undefined;
  const secretId = (vault.secretId && (await openText(vault.secretId))) ?? env.VAULT_SECRET_ID;
  const body = { role_id: roleId, ...(secretId && { secret_id: secretId }) };
  return { url: `/auth/${vault.loginMount ?? "approle"}/login`, body };
}

async function readFields(http: Http, headers: Record<string, string>, path: string, version: string | undefined) {
  const mount = await mountOf(http, headers, path);
  const inside = path.slice(mount.path.length);
  if (mount.version !== 2) {
    const { body } = await http.json({ url: `/${encodePath(path)}`, headers, anonymous: true }, FirstVersion);
    return body.data;
  }
  // Written as the API has it, with data/ in between, it means the same.
  const url = `/${encodePath(`${mount.path}data/${inside.replace(/^data\//, "")}`)}`;
  const { body } = await http.json({ url, query: { version }, headers, anonymous: true }, SecondVersion);
  return body.data.data;
}

/** Which engine a path is in. Every token may ask for the mounts that it can read something in. */
async function mountOf(http: Http, headers: Record<string, string>, path: string) {
  const url = `/sys/internal/ui/mounts/${encodePath(path)}`;
  const { body } = await http.json({ url, headers, anonymous: true }, Mount);
  return { path: body.data.path.replace(/\/*$/, "/"), version: body.data.options?.version === "2" ? 2 : 1 };
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function explain({ status, path }: HttpFailure, reference: string) {
  if (status === 503) {
    const hint = "Unseal it, or ask who runs it.";
    return { kind: "unavailable" as const, message: "Vault is sealed or in maintenance.", hint };
  }
  if (status === 404) {
    const hint = `Look for it: vault kv get ${reference.slice("vault:".length)}`;
    return { kind: "config" as const, message: `There is no ${reference} in Vault.`, hint };
  }
  if (status === 400 && path.endsWith("/login")) {
    const hint = "Check roleId and secretId, or the Kubernetes role.";
    return { kind: "auth" as const, message: `Vault refused the login for ${reference}.`, hint };
  }
  if (status !== 403) return undefined;
  return {
    kind: "auth" as const,
    message: `Vault does not let this login read ${reference}, or its token has ended.`,
    hint: "Log in to Vault again (vault login), or give its policy the right to read this path.",
  };
}

function serviceAccountToken(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw new ConnectorError("config", `The Kubernetes service account's token ${path} cannot be read.`, {
      hint: "Outside a pod use another way to log in to Vault.",
      cause,
    });
  }
}

function tokenFile(): string | undefined {
  try {
    return readFileSync(join(homedir(), ".vault-token"), "utf8").trim();
  } catch {
    return undefined;
  }
}

function noLogin(): never {
  throw new ConnectorError("auth", "Nobody is logged in to Vault.", {
    hint: "Log in: vault login    or set VAULT_TOKEN, or secrets.vault in the configuration.",
  });
}
