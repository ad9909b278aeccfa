/** Where Google is asked and logged in to. */
export interface GoogleAddresses {
  /** Of the interfaces, without a slash at its end. */
  api: string;
  authorization: string;
  token: string;
  revocation: string;
}

/**
 * Google's own addresses, or all of them at one other server that speaks like it.
 * https://developers.google.com/identity/protocols/oauth2/native-app, checked 2026-11-21.
 */
export function googleAddresses(api: string, baseUrl: string | undefined): GoogleAddresses {
  if (baseUrl === undefined)
    return {
      api,
      authorization: "https://accounts.google.com/o/oauth2/v2/auth",
      token: "https://oauth2.googleapis.com/token",
      revocation: "https://oauth2.googleapis.com/revoke",
    };
  const base = baseUrl.replace(/\/+$/, "");
  return { api: base, authorization: `${base}/o/oauth2/v2/auth`, token: `${base}/token`, revocation: `${base}/revoke` };
}
