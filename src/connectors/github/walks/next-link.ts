import { type Answer, ConnectorError } from "../../kit/index.ts";

/** The address of the next page. One that leads to another place than the page came from is not followed, nor kept. */
export function nextLink(answer: Pick<Answer<unknown>, "next" | "url">): string | undefined {
  if (answer.next === undefined) return undefined;
  if (URL.canParse(answer.next) && new URL(answer.next).origin === new URL(answer.url).origin) return answer.next;
  throw new ConnectorError("bad_response", "A list of GitHub leads to another address.", {
    hint: "Nothing of it was stored; the next sync asks again.",
  });
}
