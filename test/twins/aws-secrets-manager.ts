import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Kept {
  versions: { id: string; stages: string[]; text?: string; binary?: string }[];
  deleted?: boolean;
}

/**
 * AWS Secrets Manager, GetSecretValue of API version 2017-10-17, behind signatures that are recomputed from what came
 * over the wire. Unknown operations and members are refused and kept in `refusals`.
 */
export class AwsSecretsTwin {
  readonly refusals: string[] = [];
  asked = 0;
  readonly region = "eu-central-1";
  /** Access key ids with their secret keys and what they may read; undefined: everything. */
  readonly users = new Map<string, { secretKey: string; session?: string; may?: string[] }>();
  readonly #kept = new Map<string, Kept>();
  readonly #server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.asked++;
    const body = Buffer.concat(chunks).toString();
    const { status, answer } = this.#answer(request.headers, request.method ?? "", request.url ?? "", body);
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
  });

  static async open(): Promise<AwsSecretsTwin> {
    const twin = new AwsSecretsTwin();
    await new Promise<void>((resolve) => twin.#server.listen(0, "127.0.0.1", resolve));
    return twin;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  arn(name: string): string {
    return `arn:aws:secretsmanager:${this.region}:123456789012:secret:${name}-a1b2c3`;
  }

  put(name: string, value: { text?: string; binary?: string }): void {
    const kept = this.#kept.get(name) ?? { versions: [] };
    for (const one of kept.versions) {
      one.stages = one.stages.includes("AWSCURRENT") ? ["AWSPREVIOUS"] : [];
    }
    kept.versions.push({ id: `version-${kept.versions.length + 1}`, stages: ["AWSCURRENT"], ...value });
    this.#kept.set(name, kept);
  }

  markDeleted(name: string): void {
    const kept = this.#kept.get(name);
    if (kept) kept.deleted = true;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(headers: IncomingHttpHeaders, method: string, path: string, body: string) {
    const user = this.#proven(headers, method, path, body);
    if (typeof user === "string") return refused(user);
    if (headers["x-amz-target"] !== "secretsmanager.GetSecretValue" || method !== "POST" || path !== "/") {
      this.refusals.push(`${method} ${path} ${headers["x-amz-target"]}`);
      return refused("UnknownOperationException");
    }
    const { SecretId, VersionId, VersionStage = "AWSCURRENT", ...more } = JSON.parse(body) as Record<string, string>;
    if (Object.keys(more).length > 0) this.refusals.push(`members ${Object.keys(more)}`);
    const name = [...this.#kept.keys()].find((one) => one === SecretId || this.arn(one) === SecretId);
    if (user.may && !user.may.includes(name ?? "")) return refused("AccessDeniedException");
    const kept = this.#kept.get(name ?? "");
    if (kept?.deleted) return refused("InvalidRequestException");
    const version = kept?.versions.find((one) =>
      VersionId ? one.id === VersionId : one.stages.includes(VersionStage),
    );
    if (!version) return refused("ResourceNotFoundException");
    const value = version.binary === undefined ? { SecretString: version.text } : { SecretBinary: version.binary };
    const facts = { ARN: this.arn(name ?? ""), Name: name, VersionId: version.id, VersionStages: version.stages };
    return { status: 200, answer: { ...facts, CreatedDate: 1.7e9, ...value } };
  }

  /** Who signed, or how it is refused. */
  #proven(headers: IncomingHttpHeaders, method: string, path: string, body: string) {
    const [, id = "", date = "", region = "", service = "", names = "", given = ""] =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/.exec(
        headers.authorization ?? "",
      ) ?? [];
    const user = this.users.get(id);
    if (!user) return "UnrecognizedClientException";
    if (headers["x-amz-security-token"] !== user.session) return "ExpiredTokenException";
    for (const name of ["host", "x-amz-date", "x-amz-target", "content-type"]) {
      if (!names.split(";").includes(name)) return "InvalidSignatureException";
    }
    const lines = names.split(";").map((name) => `${name}:${headers[name]}`);
    const hash = createHash("sha256").update(body).digest("hex");
    const canonical = `${method}\n${path}\n\n${lines.join("\n")}\n\n${names}\n${hash}`;
    const scope = `${date}/${region}/${service}/aws4_request`;
    const digest = createHash("sha256").update(canonical).digest("hex");
    const text = `AWS4-HMAC-SHA256\n${headers["x-amz-date"]}\n${scope}\n${digest}`;
    let key: Buffer = Buffer.from(`AWS4${user.secretKey}`);
    for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
    const wanted = createHmac("sha256", key).update(text).digest();
    const right = timingSafeEqual(wanted, Buffer.from(given, "hex"));
    return right && region === this.region && service === "secretsmanager" ? user : "InvalidSignatureException";
  }
}

function refused(type: string) {
  return { status: 400, answer: { __type: type, Message: "in Amazon's own words" } as object };
}
