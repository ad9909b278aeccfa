import { z } from "zod";
import { ConnectorError, type Explanation, type HttpFailure } from "../../connectors/kit/index.ts";
import { awsCredentials } from "./aws-credentials.ts";
import type { SecretContext } from "./secret-provider.ts";
import { withSecretService } from "./secret-service.ts";
import { signAws } from "./sign-aws.ts";

const Value = z.object({ SecretString: z.string().optional(), SecretBinary: z.string().optional() });
const Refusal = z.object({ __type: z.string().catch("") }).catch({ __type: "" });

/**
 * `name`, or `name#key` for one key of a secret that is JSON; the name may be an ARN. `?region=`, `?stage=AWSPREVIOUS`
 * and `?version=<id>` choose otherwise. API version 2017-10-17.
 */
export async function readAwsSecret(rest: string, context: SecretContext): Promise<string> {
  const [, name = "", key, query = ""] = /^([^#?]+)(?:#([^?]+))?(?:\?(.*))?$/.exec(rest) ?? [];
  const chosen = new URLSearchParams(query);
  const reference = `aws-sm:${name}`;
  const region = regionOf(name, chosen.get("region"), context, reference);
  const [stage, version] = [chosen.get("stage"), chosen.get("version")];
  const value = await askAws(context, reference, region, {
    SecretId: name,
    ...(stage && { VersionStage: stage }),
    ...(version && { VersionId: version }),
  });
  return key === undefined ? value : oneKey(value, key, reference);
}

async function askAws(context: SecretContext, reference: string, region: string, order: object): Promise<string> {
  const { settings, env, clock } = context;
  const endpoint = settings.aws.endpoint ?? env.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? env.AWS_ENDPOINT_URL;
  const home = `https://secretsmanager.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
  const url = `${(endpoint || home).replace(/\/+$/, "")}/`;
  const body = JSON.stringify(order);
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.GetSecretValue" };
  const request = { method: "POST", url, headers, body, region, service: "secretsmanager", now: clock.now() };
  const signed = signAws(request, awsCredentials(context));
  const service = {
    name: "AWS",
    reference,
    baseUrl: url.slice(0, -1),
    allowPrivateNetwork: endpoint !== undefined, // a private endpoint is where its owner put it
    explain: (failure: HttpFailure) => explain(failure, reference),
  };
  return withSecretService(context, service, async (http) => {
    const sent = { url, method: "POST" as const, body: Buffer.from(body), headers: signed, anonymous: true };
    const answer = await http.json({ ...sent, reads: true }, Value);
    const { SecretString: text, SecretBinary: binary } = answer.body;
    if (text) return text;
    if (binary) return Buffer.from(binary, "base64").toString("utf8");
    throw new ConnectorError("config", `${reference} is empty.`);
  });
}

function regionOf(name: string, chosen: string | null, { settings, env }: SecretContext, reference: string): string {
  const [, ofArn] = /^arn:[\w-]+:secretsmanager:([\w-]+):/.exec(name) ?? [];
  const region = chosen ?? ofArn ?? settings.aws.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (region && /^[a-z]{2}(-[a-z0-9]+)+$/.test(region)) return region;
  throw new ConnectorError("config", `${reference} needs to know its AWS region.`, {
    hint: "Set AWS_REGION, or secrets.aws.region in the configuration.",
  });
}

function oneKey(value: string, key: string, reference: string): string {
  let fields: unknown;
  try {
    fields = JSON.parse(value);
  } catch {
    throw new ConnectorError("config", `${reference} is no JSON, so it has no key ${key}.`, {
      hint: `To take it whole write: ${reference}`,
    });
  }
  const found = typeof fields === "object" && fields !== null ? (fields as Record<string, unknown>)[key] : undefined;
  if ((typeof found === "string" && found !== "") || typeof found === "number") return String(found);
  throw new ConnectorError("config", `${reference} has no key ${key}.`, {
    hint: `It has: ${Object.keys(fields ?? {}).join(", ")}`,
  });
}

function explain({ status, body }: HttpFailure, reference: string): Explanation | undefined {
  if (status < 400 || status >= 500) return undefined;
  const type = Refusal.parse(body).__type.replace(/^.*#/, "");
  const known: Record<string, Explanation> = {
    ResourceNotFoundException: {
      kind: "config",
      message: `There is no ${reference} in this region and account.`,
      hint: "See what there is: aws secretsmanager list-secrets",
    },
    AccessDeniedException: {
      kind: "auth",
      message: `AWS does not let these credentials read ${reference}.`,
      hint: "Allow secretsmanager:GetSecretValue on it, and kms:Decrypt on its key.",
    },
    DecryptionFailure: {
      kind: "auth",
      message: `AWS cannot decrypt ${reference} for these credentials.`,
      hint: "Allow kms:Decrypt on its key.",
    },
    InvalidRequestException: {
      kind: "config",
      message: `${reference} is marked for deletion.`,
      hint: "Restore it: aws secretsmanager restore-secret",
    },
    ThrottlingException: { kind: "rate_limited", message: "AWS Secrets Manager asks for fewer questions." },
    InvalidSignatureException: {
      kind: "auth",
      message: "AWS did not accept the signature: the secret key is wrong, or this machine's clock is.",
      hint: "Check AWS_SECRET_ACCESS_KEY and the clock.",
    },
    ExpiredTokenException: expired(),
    UnrecognizedClientException: expired(),
    InvalidClientTokenId: expired(),
  };
  return Object.hasOwn(known, type) ? known[type] : undefined;
}

function expired(): Explanation {
  const hint = "Log in to AWS again, such as: aws sso login";
  return { kind: "auth", message: "AWS does not know these credentials, or they have ended.", hint };
}
