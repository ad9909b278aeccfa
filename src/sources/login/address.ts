/** A whole address, or undefined for anything else. */
export function addressOf(written: string): URL | undefined {
  return URL.canParse(written) ? new URL(written) : undefined;
}

/** https, or http on this machine, without a user name or password in it. */
export function isSafeAddress(url: URL): boolean {
  if (url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
}

export function isLoopback(url: URL): boolean {
  return /^(127\.0\.0\.1|\[::1\]|localhost)$/.test(url.hostname);
}
