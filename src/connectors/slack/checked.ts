import { z } from "zod";
import { ConnectorError } from "../kit/index.ts";
import { Message } from "./schema.ts";

export interface Checked {
  good: Message[];
  failures: { id: string; error: ConnectorError }[];
}

const Named = z.object({ ts: z.string().min(1) });

/** Messages one by one: a broken one is a failure of its own and never holds up its page. */
export function checkedMessages(channel: string, messages: readonly unknown[]): Checked {
  const checked: Checked = { good: [], failures: [] };
  for (const one of messages) {
    const parsed = Message.safeParse(one);
    if (parsed.success) checked.good.push(parsed.data);
    else
      checked.failures.push({
        id: `${channel}/${Named.safeParse(one).data?.ts ?? "unreadable"}`,
        error: new ConnectorError("bad_response", "Slack sent a message in an unexpected form.", {
          cause: parsed.error,
        }),
      });
  }
  return checked;
}
