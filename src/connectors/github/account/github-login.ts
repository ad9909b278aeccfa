/** The options that say who asks. */
export interface GithubLogin {
  accessToken?: string | undefined;
  appId?: string | number | undefined;
  privateKey?: string | undefined;
  installationId?: string | number | undefined;
  clientId?: string | undefined;
  clientSecret?: string | undefined;
  baseUrl?: string | undefined;
}
