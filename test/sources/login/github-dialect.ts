import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { LoginClient } from "../../../src/connectors/kit/index.ts";

/**
 * GitHub's own way of speaking OAuth, as its documentation has it ("Authorizing OAuth apps", "Refreshing user access
 * tokens", checked 2026-11-21): refusals with status 200, form encoding unless JSON is asked for, slow_down with a new
 * interval, refresh tokens good for one use.
 */
export async function startGithubDialect(script: readonly string[] = [], page = "https://github.com/login/device") {
  const asked: { path: string; form: Record<string, string>; accept: string | undefined }[] = [];
  const answers = [...script];
  let serial = 1;
  let refreshToken = "ghr_1";
  const token = () => {
    refreshToken = `ghr_${++serial}`;
    return {
      access_token: `ghu_${serial}`,
      expires_in: 28_800,
      refresh_token: refreshToken,
      refresh_token_expires_in: 15_811_200,
      scope: "",
      token_type: "bearer",
    };
  };
  const answerTo = (path: string, form: Record<string, string>): object => {
    if (form.client_id !== "Iv23liHall") return { error: "incorrect_client_credentials", error_description: "no" };
    if (path === "/login/device/code")
      return {
        device_code: "3584d83530557fdd1f46af8289938c8ef79f9dc5",
        user_code: "WDJB-MJHT",
        verification_uri: page,
        expires_in: 900,
        interval: 5,
      };
    if (form.grant_type === "refresh_token")
      return form.refresh_token === refreshToken ? token() : { error: "bad_refresh_token", error_description: "no" };
    const next = answers.shift();
    if (next === "slow_down") return { error: "slow_down", error_description: "no", interval: 10 };
    return next === undefined ? token() : { error: next, error_description: "read this aloud", error_uri: "https://x" };
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
    const path = request.url ?? "";
    const { accept } = request.headers;
    asked.push({ path, form, accept });
    const answer = answerTo(path, form);
    const json = accept?.includes("application/json") === true;
    response
      .writeHead(200, {
        "content-type": json ? "application/json; charset=utf-8" : "application/x-www-form-urlencoded",
      })
      .end(json ? JSON.stringify(answer) : String(new URLSearchParams(answer as Record<string, string>)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client: LoginClient = {
    clientId: "Iv23liHall",
    scopes: [],
    tokenUrl: `${url}/login/oauth/access_token`,
    deviceUrl: `${url}/login/device/code`,
    allows: "read the repositories you chose.",
  };
  return {
    client,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
