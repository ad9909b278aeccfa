/** Google's form of a refusal: https://developers.google.com/workspace/drive/api/guides/handle-errors, 2026-11. */
export class Refusal extends Error {
  readonly status: number;
  readonly reason: string;
  readonly domain: string;

  constructor(status: number, reason: string, message: string, domain = "global") {
    super(message);
    this.status = status;
    this.reason = reason;
    this.domain = domain;
  }

  body(): object {
    const { status: code, message, reason, domain } = this;
    return { error: { code, message, errors: [{ message, domain, reason }] } };
  }
}

/** The body of a refusal, for faults on demand. */
export function refusalBody(status: number, reason: string, domain = "usageLimits"): string {
  return JSON.stringify(new Refusal(status, reason, `Refused on demand: ${reason}.`, domain).body());
}
