import { z } from "zod";
import { localPath, secret } from "../options.ts";

/** The options by which a source of Google says who asks; the same for each of Google's services. */
export const googleLoginOptions = {
  clientId: z
    .string()
    .min(1)
    .optional()
    .describe("Client id of an OAuth client of the type Desktop app, for `headwater login`."),
  clientSecret: secret("Client secret to clientId.").optional(),
  refreshToken: secret("A refresh token that clientId was given, in place of `headwater login`.").optional(),
  accessToken: secret("An access token, good for an hour: to try something out.", {
    variables: ["GOOGLE_ACCESS_TOKEN"],
    command: ["gcloud", "auth", "print-access-token"],
  }).optional(),
  serviceAccountFile: localPath("Path of the JSON key file of a service account.").optional(),
  serviceAccountJson: secret("The text of that key file, in place of serviceAccountFile.").optional(),
  impersonateUser: z
    .email()
    .optional()
    .describe("Person of your organization on whose behalf the service account reads (domain-wide delegation)."),
  baseUrl: z.url().optional().describe("Address of another server that speaks like Google's, such as an emulator."),
};

const Login = z.object(googleLoginOptions);
export type GoogleLogin = z.output<typeof Login>;
