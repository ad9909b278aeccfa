import { ConnectorError } from "../../model/index.ts";

export function notLoggedIn(source: string): ConnectorError {
  return new ConnectorError("auth", `Nobody is logged in for ${source}.`, { hint: loginCommand(source) });
}

export function loginUnreadable(source: string, problem: string): ConnectorError {
  return new ConnectorError("auth", `The login of ${source} cannot be used: it ${problem}.`, {
    hint: `Log in again: ${loginCommand(source)}`,
  });
}

export function loginEnded(source: string): ConnectorError {
  return new ConnectorError("auth", `The login of ${source} has ended and cannot be renewed.`, {
    hint: `Log in again: ${loginCommand(source)}`,
  });
}

export function loginRefused(source: string, mayEnd?: string): ConnectorError {
  return new ConnectorError("auth", `The service refused to renew the login of ${source}: it ended or was withdrawn.`, {
    hint: `Log in again: ${loginCommand(source)}${mayEnd === undefined ? "" : `\n${mayEnd}`}`,
  });
}

export function otherClient(source: string): ConnectorError {
  return new ConnectorError(
    "auth",
    `The login of ${source} was made for another client id or server than the configuration names.`,
    {
      hint: `Log in again: ${loginCommand(source)}`,
    },
  );
}

export function loginCommand(source: string): string {
  return `headwater login ${source}`;
}
