import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ConnectorError } from "../../model/index.ts";
import type { SecretContext } from "./secret-provider.ts";
import type { AwsCredentials } from "./sign-aws.ts";

type Context = Pick<SecretContext, "env" | "settings">;

/** The environment's, else those of a profile in `~/.aws/credentials`. */
export function awsCredentials({ env, settings }: Context): AwsCredentials {
  const profile = settings.aws.profile ?? env.AWS_PROFILE;
  if (settings.aws.profile === undefined && env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) {
    return credentials(env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY, env.AWS_SESSION_TOKEN);
  }
  const path = env.AWS_SHARED_CREDENTIALS_FILE || join(homedir(), ".aws", "credentials");
  const entry = section(path, profile ?? "default");
  if (entry.aws_access_key_id && entry.aws_secret_access_key) {
    return credentials(entry.aws_access_key_id, entry.aws_secret_access_key, entry.aws_session_token);
  }
  throw new ConnectorError("auth", `There are no AWS credentials${profile ? ` in the profile ${profile}` : ""}.`, {
    hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or make a profile: aws configure",
  });
}

function credentials(accessKeyId: string, secretAccessKey: string, token: string | undefined): AwsCredentials {
  return { accessKeyId, secretAccessKey, ...(token && { sessionToken: token }) };
}

/** One section of an ini file; empty when there is no such file or section. */
function section(path: string, name: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return {};
  }
  const values: Record<string, string> = {};
  let current = "";
  for (const line of text.split(/\r?\n/)) {
    const [, title] = /^\s*\[([^\]]+)\]/.exec(line) ?? [];
    if (title !== undefined) current = title.trim();
    const [, key, value] = /^\s*([\w]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (current === name && key !== undefined && value !== undefined) values[key] = value;
  }
  return values;
}
