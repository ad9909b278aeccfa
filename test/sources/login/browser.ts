/** Sent back to a page of this machine, or a page without a form. */
export interface Ended {
  url: string;
  status: number;
  text: string;
}

/**
 * A person with a browser: follows redirects with cookies, fills in forms and sends them, until there is none left or
 * an address matches `stopAt`, which is then not asked for.
 */
export async function browse(
  start: string,
  answers: Readonly<Record<string, string>> = {},
  stopAt: (url: string) => boolean = () => false,
): Promise<Ended> {
  const cookies = new Map<string, string>();
  let request: { url: string; form?: URLSearchParams } = { url: start };
  for (let step = 0; step < 30; step++) {
    if (stopAt(request.url)) return { url: request.url, status: 0, text: "" };
    const answer = await fetch(request.url, {
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(request.form && { method: "POST", body: request.form }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    const text = await answer.text();
    const next = location === null ? formOf(text, request.url, answers) : { url: new URL(location, request.url).href };
    if (!next) return { url: request.url, status: answer.status, text };
    request = next;
  }
  throw new Error(`The browser went in circles at ${request.url}`);
}

function formOf(html: string, page: string, answers: Readonly<Record<string, string>>) {
  const [, attributes, inside = ""] = /<form([^>]*)>([\s\S]*?)<\/form>/i.exec(html) ?? [];
  if (attributes === undefined) return undefined;
  const form = new URLSearchParams();
  for (const [input] of inside.matchAll(/<input[^>]*>/gi)) {
    const name = attribute(input, "name");
    if (name !== undefined) form.set(name, answers[name] ?? attribute(input, "value") ?? "marta");
  }
  for (const [name, value] of Object.entries(answers)) if (name.startsWith("+")) form.set(name.slice(1), value);
  return { url: new URL(attribute(attributes, "action") ?? "", page).href, form };
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`${name}="([^"]*)"`, "i").exec(tag)?.[1]?.replaceAll("&amp;", "&");
}
