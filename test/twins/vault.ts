import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Version {
  fields: Record<string, unknown> | null;
  destroyed?: boolean;
}

/**
 * HashiCorp Vault as its API documentation has it: KV 1 and 2, tokens with policies, AppRole, Kubernetes, namespaces,
 * sealing. Unknown routes and parameters are refused with 400 and kept in `refusals`.
 */
export class VaultTwin {
  sealed = false;
  readonly refusals: string[] = [];
  /** Method and path of each request. */
  readonly asked: string[] = [];
  /** By token: the paths that it may read, as prefixes of mount/path. */
  readonly tokens = new Map<string, string[]>();
  readonly roles = new Map<string, { secretId: string; paths: string[] }>();
  readonly kubernetes = new Map<string, { jwt: string; paths: string[] }>();
  namespace: string | undefined;
  #serial = 0;
  readonly #first = new Map<string, Record<string, unknown>>();
  readonly #second = new Map<string, Version[]>();
  readonly #mounts = new Map<string, 1 | 2>([
    ["secret/", 2],
    ["team/kv/", 2],
    ["old/", 1],
  ]);
  readonly #server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? "", "http://vault");
    this.asked.push(`${request.method} ${url.pathname}`);
    const { status, body } = this.#answer(
      request.method ?? "",
      url,
      request.headers as Record<string, string | undefined>,
      chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>),
    );
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });

  static async open(): Promise<VaultTwin> {
    const twin = new VaultTwin();
    await new Promise<void>((resolve) => twin.#server.listen(0, "127.0.0.1", resolve));
    return twin;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A new version where the mount keeps versions; null deletes the newest. */
  put(path: string, fields: Record<string, unknown> | null): void {
    const { mount, inside } = this.#split(path);
    if (this.#mounts.get(mount) === 1) this.#first.set(path, fields ?? {});
    else this.#second.set(mount + inside, [...(this.#second.get(mount + inside) ?? []), { fields }]);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #split(path: string): { mount: string; inside: string } {
    const mount = [...this.#mounts.keys()].find((one) => `${path}/`.startsWith(one)) ?? "";
    return { mount, inside: path.slice(mount.length) };
  }

  #answer(method: string, url: URL, headers: Record<string, string | undefined>, body: Record<string, string>) {
    if (this.sealed) return errors(503, "Vault is sealed");
    if (this.namespace !== headers["x-vault-namespace"]) return errors(404);
    const path = decodeURIComponent(url.pathname).replace(/^\/v1\//, "");
    const unknown = [...url.searchParams.keys()].filter((name) => name !== "version");
    if (unknown.length > 0) return this.#refuse(`parameter ${unknown.join()}`);
    if (method === "POST" && path.startsWith("auth/")) return this.#login(path, body);
    if (method !== "GET") return this.#refuse(`${method} ${path}`);
    const may = this.tokens.get(headers["x-vault-token"] ?? "");
    if (!may) return errors(403, "permission denied");
    const [, mounted] = /^sys\/internal\/ui\/mounts\/(.+)$/.exec(path) ?? [];
    if (mounted !== undefined) return this.#mount(mounted, may);
    return this.#read(path, url.searchParams.get("version"), may);
  }

  #login(path: string, body: Record<string, string>) {
    const role = this.roles.get(body.role_id ?? "");
    const pod = this.kubernetes.get(body.role ?? "");
    if (path === "auth/approle/login" && role && role.secretId === (body.secret_id ?? ""))
      return this.#given(role.paths);
    if (path === "auth/k8s-hall/login" && pod && pod.jwt === body.jwt) return this.#given(pod.paths);
    if (path === "auth/approle/login") return errors(400, "invalid role or secret ID");
    return path === "auth/k8s-hall/login" ? errors(403, "permission denied") : this.#refuse(path);
  }

  #given(paths: string[]) {
    const token = `hvs.${++this.#serial}.${"x".repeat(24)}`;
    this.tokens.set(token, paths);
    return { status: 200, body: { auth: { client_token: token, lease_duration: 3600, renewable: true } } };
  }

  #mount(path: string, may: string[]) {
    const { mount } = this.#split(path);
    const version = this.#mounts.get(mount);
    if (version === undefined || !may.some((one) => one.startsWith(mount))) {
      return errors(403, "preflight capability check returned 403, please ensure client's policies grant access");
    }
    const options = version === 2 ? { version: "2" } : null;
    return { status: 200, body: { data: { path: mount, type: "kv", options, uuid: "0f1d" } } };
  }

  #read(path: string, version: string | null, may: string[]) {
    const { mount, inside } = this.#split(path);
    const second = this.#mounts.get(mount) === 2;
    if (second && !inside.startsWith("data/")) return this.#refuse(`KV 2 path ${path}`);
    const logical = second ? mount + inside.slice("data/".length) : path;
    if (!may.some((one) => logical.startsWith(one))) return errors(403, "permission denied");
    if (!second) {
      const fields = this.#first.get(path);
      return fields ? { status: 200, body: { data: fields, lease_duration: 2_764_800 } } : errors(404);
    }
    const versions = this.#second.get(logical) ?? [];
    const wanted = versions[(version === null ? versions.length : Number(version)) - 1];
    if (!wanted) return errors(404);
    const metadata = { version: versions.indexOf(wanted) + 1, destroyed: false };
    const body = { data: { data: wanted.fields, metadata } };
    return { status: wanted.fields === null ? 404 : 200, body };
  }

  #refuse(what: string) {
    this.refusals.push(what);
    return errors(400, "unsupported");
  }
}

function errors(status: number, ...messages: string[]) {
  return { status, body: { errors: messages } as object };
}
