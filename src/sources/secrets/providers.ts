import { environment } from "./environment.ts";
import { ownSecrets } from "./own-secrets.ts";
import { secretFile } from "./secret-file.ts";
import type { EarlyProvider, LateProvider, SecretProvider } from "./secret-provider.ts";

const vault: LateProvider = {
  prefix: "vault:",
  form: "vault:mount/path#field",
  fits: /^[\w.@+-]+(\/[\w.@+: -]+)+#[^\s#?]+(\?version=\d+)?$/,
  read: async (rest, context) => (await import("./vault.ts")).readVault(rest, context),
};

const awsSecretsManager: LateProvider = {
  prefix: "aws-sm:",
  form: "aws-sm:name#key",
  fits: /^[\w/+=.@:-]{1,2048}(#[^\s#?]+)?(\?(region|stage|version)=[\w-]+(&(region|stage|version)=[\w-]+)*)?$/,
  read: async (rest, context) => (await import("./aws-secrets-manager.ts")).readAwsSecret(rest, context),
};

/** Everywhere that a credential can be kept. */
export const SECRET_PROVIDERS: readonly SecretProvider[] = [
  environment,
  secretFile,
  ownSecrets,
  vault,
  awsSecretsManager,
];

export function providerOf(text: string): SecretProvider | undefined {
  return SECRET_PROVIDERS.find(({ prefix }) => text.startsWith(prefix));
}

export function isEarly(provider: SecretProvider): provider is EarlyProvider {
  return "readNow" in provider;
}
