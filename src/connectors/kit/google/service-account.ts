import { readFile } from "node:fs/promises";
import { z } from "zod";
import { ConnectorError } from "../../../model/index.ts";
import type { AuthContext, Credential } from "../http/index.ts";
import { signedJwt } from "../signed-jwt.ts";
import type { GoogleLogin } from "./options.ts";

const Key = z.object({
  type: z.literal("service_account"),
  client_email: z.string().min(1),
  client_id: z.string().optional(),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
});
export type ServiceAccountKey = z.output<typeof Key>;

const Given = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** Whom the assertion is for, whatever address it is sent to. */
const AUDIENCE = "https://oauth2.googleapis.com/token";
const LIFE_SECONDS = 3600;
/** For clocks that differ: Google refuses what begins in the future. */
const CLOCK_DIFFERENCE_SECONDS = 60;

/** The key that the options name. Throws `config` when it is none. */
export async function serviceAccountKey(
  source: string,
  { serviceAccountFile, serviceAccountJson }: GoogleLogin,
): Promise<ServiceAccountKey> {
  const option = serviceAccountJson === undefined ? "serviceAccountFile" : "serviceAccountJson";
  const text = serviceAccountJson ?? (await readKeyFile(source, serviceAccountFile ?? ""));
  const parsed = Key.safeParse(parsedJson(text));
  if (parsed.success) return parsed.data;
  throw new ConnectorError("config", `${option} of ${source} is not the key of a service account.`, {
    hint: "It is the JSON file that the Google Cloud console downloads: IAM & Admin, Service accounts, Keys, Add key, JSON.",
  });
}

async function readKeyFile(source: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new ConnectorError("config", `The file that serviceAccountFile of ${source} names cannot be read.`, {
      hint: "Correct the path: headwater config edit",
      cause,
    });
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A token for a service account, or for the person it acts for.
 * https://developers.google.com/identity/protocols/oauth2/service-account, checked 2026-11-21.
 */
export async function serviceAccountCredential(
  ctx: AuthContext<GoogleLogin>,
  request: { tokenUrl: string; scopes: readonly string[]; person: string | undefined },
): Promise<Credential> {
  const key = await serviceAccountKey(ctx.source, ctx.config);
  const now = Math.floor(ctx.clock.now().getTime() / 1000);
  const assertion = await signedJwt({
    source: ctx.source,
    option: ctx.config.serviceAccountJson === undefined ? "serviceAccountFile" : "serviceAccountJson",
    privateKey: key.private_key,
    ...(key.private_key_id !== undefined && { keyId: key.private_key_id }),
    claims: {
      iss: key.client_email,
      scope: request.scopes.join(" "),
      aud: AUDIENCE,
      iat: now - CLOCK_DIFFERENCE_SECONDS,
      exp: now - CLOCK_DIFFERENCE_SECONDS + LIFE_SECONDS,
      ...(request.person !== undefined && { sub: request.person }),
    },
  });
  const body = new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion });
  try {
    const answer = await ctx.http.json({ url: request.tokenUrl, method: "POST", body, reads: true }, Given);
    const { access_token, expires_in } = answer.body;
    return {
      headers: { authorization: `Bearer ${access_token}` },
      until: ctx.clock.now().getTime() + expires_in * 1000,
    };
  } catch (thrown) {
    throw withPerson(ConnectorError.from(thrown), key, request);
  }
}

/** What to enter where, which only we know. */
function withPerson(
  error: ConnectorError,
  { client_id = "of the service account", client_email }: ServiceAccountKey,
  { scopes, person }: { scopes: readonly string[]; person: string | undefined },
): ConnectorError {
  if (error.kind !== "auth" || person === undefined) return error;
  return new ConnectorError("auth", `${client_email} may not read on behalf of ${person}.`, {
    hint:
      `At https://admin.google.com/ac/owl/domainwidedelegation add the client id ${client_id} with the scope ` +
      `${scopes.join(",")}. It takes effect within minutes, at most a day. Also check that ${person} is spelled right.`,
    cause: error,
  });
}
