import { describe, expect, it } from "vitest";
import { Conformance } from "./conformance.ts";

const github = Conformance.of("github.json");

describe.skipIf(github === undefined)("the check against the vendor's description", () => {
  const fault = (status: number, body: unknown, template = "/repos/{owner}/{repo}/topics") =>
    github?.fault("GET", template, status, body);

  it("finds a wrong type, a missing field and a null where none may be", () => {
    expect(fault(200, { names: ["mill"] })).toBeUndefined();
    expect(fault(200, { names: "mill" })).toContain("must be array");
    expect(fault(200, {})).toContain("names");
    expect(fault(404, { message: 7 })).toContain("must be string");
    expect(fault(200, [{ id: "seven" }], "/repos/{owner}/{repo}/issues")).toBeDefined();
    expect(github?.faultOf("nullable-simple-user", null)).toBeUndefined();
    expect(github?.faultOf("simple-user", null)).toContain("must be object");
  });
});
