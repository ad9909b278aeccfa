import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Connector } from "../../src/connectors/kit/index.ts";
import { type LedgerShape, ledgerConnector } from "../twins/ledger.ts";

const OLDEST_MS = 5 * 60_000;

const Event = z.object({
  delivery: z.string(),
  entry: z.string().optional(),
  folder: z.string().optional(),
  challenge: z.string().optional(),
});

/** The headers with which the ledger signs what it posts: time and body under the secret. */
export function signed(secret: string, body: string | Buffer, at: Date = new Date()): Record<string, string> {
  const time = String(at.getTime());
  const signature = createHmac("sha256", secret).update(`${time}.`).update(body).digest("hex");
  return { "content-type": "application/json", "x-ledger-time": time, "x-ledger-signature": signature };
}

/** A ledger that posts its news: `{delivery, entry}` or `{delivery, folder}`, and a handshake. */
export function hookedLedger(shape: LedgerShape, asked: string[] = []): Connector {
  const inner = ledgerConnector(shape);
  return {
    ...inner,
    config: inner.config.extend({ webhookSecret: z.string().optional().describe("Signs what the ledger posts.") }),
    fetch: (ctx, id) => {
      asked.push(id);
      return inner.fetch(ctx, id);
    },
    webhook: {
      secret: (config) => config.webhookSecret,
      verify({ headers, body }, secret, now) {
        const time = headers.get("x-ledger-time") ?? "";
        if (!(Math.abs(now.getTime() - Number(time)) <= OLDEST_MS)) return false;
        const wanted = createHmac("sha256", secret).update(`${time}.`).update(body).digest();
        const given = Buffer.from(headers.get("x-ledger-signature") ?? "", "hex");
        return given.length === wanted.length && timingSafeEqual(given, wanted);
      },
      async receive(_ctx, { body }) {
        const { delivery, entry, folder, challenge } = Event.parse(JSON.parse(body.toString()));
        if (challenge !== undefined) return { reply: { status: 200, body: challenge } };
        const push = { ...(entry && { refresh: [entry] }), ...(folder && { stale: [folder] }) };
        return { push, once: delivery };
      },
    },
  };
}
