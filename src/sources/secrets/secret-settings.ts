import { z } from "zod";

const text = (description: string) => z.string().min(1).optional().describe(description);
const credential = (description: string) => z.string().min(1).optional().meta({ description, secret: true });
const address = (description: string) =>
  z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ description, expected: "an address such as https://vault.example.com:8200" });

const Vault = z
  .strictObject({
    address: address("Where Vault is; by default VAULT_ADDR."),
    namespace: text("Namespace of Vault Enterprise; by default VAULT_NAMESPACE."),
    token: credential("A token of Vault; by default VAULT_TOKEN, then the file that `vault login` leaves."),
    roleId: text("Role id, to log in by AppRole; by default VAULT_ROLE_ID."),
    secretId: credential("Secret id of the role; by default VAULT_SECRET_ID."),
    kubernetesRole: text("Role to log in with as the Kubernetes service account of this pod."),
    kubernetesTokenFile: z
      .string()
      .min(1)
      .default("/var/run/secrets/kubernetes.io/serviceaccount/token")
      .meta({ description: "Where the service account's token lies.", localPath: true }),
    loginMount: text("Where AppRole or Kubernetes is mounted, when that is not its own name."),
  })
  .prefault({})
  .describe("HashiCorp Vault, for credentials written vault:mount/path#field.");

const Aws = z
  .strictObject({
    region: text("Region of AWS Secrets Manager; by default AWS_REGION, then AWS_DEFAULT_REGION."),
    profile: text("Profile in ~/.aws/credentials; by default AWS_PROFILE, then default."),
    endpoint: address("Another address than Amazon's, as of a private endpoint."),
  })
  .prefault({})
  .describe("AWS Secrets Manager, for credentials written aws-sm:name or aws-sm:name#key.");

/** Where credentials that other services keep are asked for. */
export const SecretSettings = z
  .strictObject({ vault: Vault, aws: Aws })
  .prefault({})
  .describe("Services that keep credentials.");
export type SecretSettings = z.output<typeof SecretSettings>;
