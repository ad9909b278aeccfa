import type { ErrorKind, Explanation, HttpFailure } from "../kit/index.ts";
import { Refusal } from "./schema.ts";

const APPS = "https://api.slack.com/apps";
const NEW_TOKEN = `Copy the token anew from ${APPS} (OAuth & Permissions), or log in again: headwater login`;

/** Refusals in our words, by the code that Slack gives. https://docs.slack.dev/reference/methods, 2026-11. */
const REFUSALS: Readonly<Record<string, readonly [ErrorKind, string, string?]>> = {
  invalid_auth: ["auth", "Slack does not know this token.", NEW_TOKEN],
  not_authed: ["auth", "Slack was shown no token.", NEW_TOKEN],
  account_inactive: [
    "auth",
    "The account behind the token was deactivated, or the app was removed.",
    `Install the app again at ${APPS}, then copy its new token.`,
  ],
  token_revoked: [
    "auth",
    "The token was withdrawn, or the app was removed.",
    `Install the app again at ${APPS}, then copy its new token.`,
  ],
  token_expired: ["auth", "The token has expired.", "Log in again: headwater login"],
  invalid_refresh_token: ["auth", "The login has ended.", "Log in again: headwater login"],
  org_login_required: [
    "auth",
    "The workspace is being moved into an organization, and wants a new login.",
    "Log in to Slack, then install the app again.",
  ],
  not_allowed_token_type: [
    "permission",
    "Slack does not take this kind of token for this.",
    "Slack's own search and direct messages need userToken (xoxp-…), Socket Mode needs appToken (xapp-…).",
  ],
  feature_not_enabled: ["unsupported", "The workspace does not have this."],
  assistant_search_context_disabled: ["unsupported", "The workspace does not have Slack's Real-time Search."],
  missing_action_token: ["unsupported", "Slack lets only people search, not apps.", "Put a user token into userToken."],
  missing_argument: ["unsupported", "Slack wants to be told more than headwater knows.", "Look for a newer headwater."],
  no_permission: ["permission", "The token may not do this.", `Look at the app's scopes at ${APPS}.`],
  access_denied: ["permission", "The token may not see this.", `Look at the app's scopes at ${APPS}.`],
  team_not_found: ["not_found", "There is no such workspace."],
  team_access_not_granted: [
    "permission",
    "The app was not given this workspace of the organization.",
    "Ask an administrator of the organization to add the app to the workspace.",
  ],
  enterprise_is_restricted: [
    "permission",
    "The organization does not allow this to apps.",
    "Ask an administrator of the organization.",
  ],
  accesslimited: [
    "permission",
    "The workspace allows this from certain addresses of the internet only.",
    "Ask an administrator of the workspace.",
  ],
  not_in_channel: [
    "permission",
    "The app is not in this channel.",
    "In Slack, write in the channel: /invite @ and the app's name. Or set autoJoin: true for public channels.",
  ],
  is_archived: [
    "permission",
    "The channel is archived and cannot be joined.",
    "Ask for it to be unarchived, or leave it out with excludeChannels.",
  ],
  method_not_supported_for_channel_type: ["unsupported", "Slack cannot do this in this kind of channel."],
  channel_not_found: [
    "not_found",
    "Slack shows no such channel: it is not there, or the token may not see it.",
    "A private channel is hidden from apps until somebody invites them: /invite @ and the app's name.",
  ],
  thread_not_found: ["not_found", "There is no such message any more."],
  message_not_found: ["not_found", "There is no such message any more."],
  user_not_found: ["not_found", "There is no such person."],
  users_not_found: ["not_found", "There is no such person."],
  user_not_visible: ["not_found", "The token may not see this person."],
  bot_not_found: ["not_found", "There is no such app."],
  file_not_found: ["not_found", "There is no such file, or the token may not see it."],
  file_deleted: ["not_found", "The file was deleted."],
  ratelimited: ["rate_limited", "Slack asks to be left alone for a while."],
  rate_limited: ["rate_limited", "Slack asks to be left alone for a while."],
  invalid_cursor: ["cursor_expired", "Slack does not know any more where a list was left."],
  internal_error: ["unavailable", "Slack had an accident."],
  fatal_error: ["unavailable", "Slack had an accident."],
  service_unavailable: ["unavailable", "Slack is out of order at the moment."],
  request_timeout: ["unavailable", "Slack did not answer in time."],
  team_added_to_org: ["unavailable", "The workspace is being moved into an organization."],
};

/** Slack refuses with status 200: what it says is only recognised, never shown. */
export function explain({ body }: HttpFailure): Explanation | undefined {
  const refusal = Refusal.safeParse(body).data;
  if (refusal === undefined) return undefined;
  if (refusal.error === "missing_scope") return missingScope(refusal.needed);
  const known = Object.hasOwn(REFUSALS, refusal.error) ? REFUSALS[refusal.error] : undefined;
  if (known === undefined)
    return {
      kind: "bad_response",
      message: `Slack refused${codeOf(refusal.error)}.`,
      hint: "Look for a newer headwater.",
    };
  const [kind, message, hint] = known;
  return { kind, message, ...(hint !== undefined && { hint }) };
}

/** One wording for a scope that is missing, wherever that is found out. */
export function missingScope(needed: string | undefined): Explanation {
  const scopes = (needed ?? "").split(",").filter((scope) => /^[\w:.]{1,60}$/.test(scope));
  const named = scopes.length > 0 ? scopes.join(" or ") : "another scope";
  return {
    kind: "permission",
    message: `The token lacks ${named}.`,
    hint: `Add it at ${APPS} under OAuth & Permissions, reinstall the app there, and use the token that is shown then.`,
  };
}

function codeOf(error: string): string {
  return /^[a-z_]{1,60}$/.test(error) ? ` (${error})` : "";
}
