import { z } from "zod";
import type { Explanation, HttpFailure } from "../http/index.ts";
import { TESTING_ENDS } from "./auth.ts";

const Problem = z.object({
  error: z.object({
    code: z.number().optional(),
    message: z.string().catch(""),
    errors: z.array(z.object({ reason: z.string().catch(""), domain: z.string().optional() })).catch([]),
    details: z
      .array(z.object({ reason: z.string().optional() }))
      .optional()
      .catch(undefined),
  }),
});
const Refused = z.object({ error: z.string(), error_description: z.string().catch("") });

/** Until Google's day is over; what asks for so long pauses its source. */
const DAILY_WAIT_MS = 60 * 60_000;
const LIMITS = new Set([
  "rateLimitExceeded",
  "userRateLimitExceeded",
  "quotaExceeded",
  "concurrentLimitExceeded",
  "RATE_LIMIT_EXCEEDED",
]);

/** Why Google refused, in the words of its error codes: the first `reason`, empty where there is none. */
export function googleReason({ body }: Pick<HttpFailure, "body">): string {
  const { error } = Problem.safeParse(body).data ?? {};
  return error?.errors[0]?.reason || error?.details?.find((one) => one.reason !== undefined)?.reason || "";
}

/** What all of Google's services refuse alike. https://developers.google.com/workspace/drive/api/guides/handle-errors, 2026-11. */
export function explainGoogle(
  failure: HttpFailure,
  about: { service: string; enable: string },
): Explanation | undefined {
  const refused = Refused.safeParse(failure.body).data;
  if (refused !== undefined) return explainToken(refused.error, refused.error_description);
  const reason = googleReason(failure);
  if (LIMITS.has(reason) || (failure.status === 429 && reason !== "dailyLimitExceeded"))
    return { kind: "rate_limited", message: `${about.service} asks to be asked more slowly.` };
  switch (reason) {
    case "dailyLimitExceeded":
      return {
        kind: "rate_limited",
        message: `The day's requests to ${about.service} are used up for this project.`,
        hint: "It goes on by itself tomorrow.",
        retryAfterMs: DAILY_WAIT_MS,
      };
    case "accessNotConfigured":
    case "SERVICE_DISABLED":
      return {
        kind: "config",
        message: `${about.service} is not switched on in the Google Cloud project${projectIn(failure)} that the credential belongs to.`,
        hint: `Choose Enable at ${about.enable}, and wait a few minutes.`,
      };
    case "insufficientPermissions":
    case "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
      return {
        kind: "permission",
        message: `The login does not include the right to read this of ${about.service}.`,
        hint: "Log in again and leave all boxes ticked. A service account needs the scope at admin.google.com.",
      };
    case "domainPolicy":
    case "domainAdminsDisabledApps":
      return {
        kind: "permission",
        message: `The administrators of the organization do not let other programs use ${about.service}.`,
        hint: "Ask them to trust the client id: https://admin.google.com/ac/owl/list?tab=apps",
      };
    default:
      return undefined;
  }
}

/** Refusals of the token endpoint, RFC 6749 §5.2. */
function explainToken(code: string, words: string): Explanation | undefined {
  if (code === "invalid_grant" && /signature|JWT|account not found/i.test(words))
    return {
      kind: "auth",
      message: "Google does not accept the key of the service account.",
      hint: "Was the key deleted, or does this machine's clock go wrong? Make a new key and put it into serviceAccountFile.",
    };
  if (code === "invalid_grant")
    return { kind: "auth", message: "Google has ended this login, or it was withdrawn.", hint: TESTING_ENDS };
  if (code === "unauthorized_client" || code === "access_denied")
    return {
      kind: "auth",
      message: "The service account may not act for people of this organization with this scope.",
      hint: "Add its client id and the scope at https://admin.google.com/ac/owl/domainwidedelegation",
    };
  if (code === "invalid_client")
    return {
      kind: "config",
      message: "Google does not know this clientId, or clientSecret is wrong.",
      hint: "Compare both with https://console.cloud.google.com/auth/clients",
    };
  return undefined;
}

function projectIn({ body }: HttpFailure): string {
  const message = Problem.safeParse(body).data?.error.message ?? "";
  const number = /project (\d{6,15})\b/.exec(message)?.[1];
  return number === undefined ? "" : ` ${number}`;
}
