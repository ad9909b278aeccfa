import { describe, expect, it } from "vitest";
import { accessFrom } from "../../../src/connectors/google-drive/access.ts";
import { explain } from "../../../src/connectors/google-drive/explain.ts";
import { Permission } from "../../../src/connectors/google-drive/schema.ts";
import type { HttpFailure } from "../../../src/connectors/kit/index.ts";

/** A refusal as Google words it, of a path below `/drive/v3`. */
function refused(reason: string, path = "/files/1"): HttpFailure {
  const errors = [{ domain: "global", reason, message: "canary words of Google's" }];
  return {
    status: 403,
    headers: new Headers(),
    body: { error: { code: 403, message: "canary words of Google's", errors } },
    origin: "https://www.googleapis.com",
    path: `/drive/v3${path}`,
    method: "GET",
  };
}

describe("a refusal of Drive's", () => {
  it.each([
    ["exportSizeLimitExceeded", "too_large", /at most 10 MB/],
    ["cannotExportFile", "unsupported", /owner has switched off/],
    ["cannotDownloadFile", "unsupported", /owner has switched off/],
    ["fileNotDownloadable", "unsupported", /no text of this kind/],
    ["fileNotExportable", "unsupported", /no text of this kind/],
    ["cannotDownloadAbusiveFile", "unsupported", /malware or spam/],
    ["teamDriveMembershipRequired", "permission", /members of this shared drive/],
    ["appNotAuthorizedToFile", "permission", /made or opened with this client/],
    ["insufficientFilePermissions", "permission", /not see who else/],
    ["insufficientPermissions", "permission", /does not include the right/],
    ["domainPolicy", "permission", /administrators of the organization/],
    ["accessNotConfigured", "config", /not switched on/],
    ["rateLimitExceeded", "rate_limited", /more slowly/],
    ["userRateLimitExceeded", "rate_limited", /more slowly/],
    ["dailyLimitExceeded", "rate_limited", /used up/],
  ])("%s is %s, in our words and with none of Google's", (reason, kind, words) => {
    const told = explain(refused(reason));
    expect(told?.kind).toBe(kind);
    expect(told?.message).toMatch(words);
    expect(JSON.stringify(told)).not.toContain("canary");
  });

  it("of an export says that the format is none, of anything else nothing that is not known", () => {
    expect(explain(refused("badRequest", "/files/1/export"))).toMatchObject({ kind: "unsupported" });
    expect(explain(refused("badRequest"))).toBeUndefined();
    expect(explain(refused("somethingNew"))).toBeUndefined();
  });
});

describe("permissions", () => {
  const now = new Date("2026-11-21T12:00:00Z");
  const allowed = (...permissions: object[]) =>
    accessFrom(
      permissions.map((one, at) => Permission.parse({ id: `p${at}`, role: "reader", ...one })),
      now,
    );

  it("let in people, groups and organizations, each once, in any order", () => {
    const access = allowed(
      { type: "user", emailAddress: "noor@mill.example" },
      { type: "group", emailAddress: "millers@mill.example" },
      { type: "domain", domain: "mill.example" },
      { type: "user", emailAddress: "noor@mill.example", role: "writer" },
    );
    expect(access).toEqual({ allow: ["group:mill.example", "group:millers@mill.example", "user:noor@mill.example"] });
  });

  it("that ended, were deleted, or open by the address alone let nobody in", () => {
    const access = allowed(
      { type: "user", emailAddress: "guest@else.example", expirationTime: "2026-11-21T11:59:59Z" },
      { type: "user", emailAddress: "gone@mill.example", deleted: true },
      { type: "anyone", allowFileDiscovery: false },
      { type: "user", emailAddress: "later@else.example", expirationTime: "2026-12-01T00:00:00Z" },
    );
    expect(access).toEqual({ allow: ["user:later@else.example"] });
  });

  it("for everybody are for everybody", () => {
    expect(allowed({ type: "anyone", allowFileDiscovery: true })).toBe("everyone");
  });
});
