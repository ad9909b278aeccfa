import type { Clock, Logger } from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";
import type { ConfiguredSource } from "../read-source.ts";
import type { Logins } from "../tokens/logins.ts";
import type { LoginWay } from "./login-request.ts";
import { mayHaveBrowser, openableAddress } from "./open-browser.ts";
import { sourceLogin } from "./source-login.ts";

/** A login that waits for its person: where to go, and what to be told before going. */
export interface LoginOffer {
  url: string;
  message: string;
}

/** Logins that an assistant's program can lead to, by showing a page; no credential passes through it. */
export interface LoginOffers {
  /**
   * Begins the login of a source, or answers the one under way. Undefined where a page cannot help: the source needs
   * another kind of credential, its login server cannot be asked, or another process leads a login.
   */
  offer(source: string): Promise<LoginOffer | undefined>;
  /** Waits up to `ms` for the end of a login under way; true when none is. Throws `auth` when it was refused. */
  finished(source: string, ms: number, signal: AbortSignal): Promise<boolean>;
  /** The person does not want to. */
  withdraw(source: string): void;
  close(): void;
}

export interface LoginOffersParts {
  /** The source as configured, with its options opened; undefined when there is none of this name. */
  source(id: string): Promise<ConfiguredSource | undefined>;
  logins: Logins;
  clock: Clock;
  log: Logger;
}

interface UnderWay {
  readonly offer: Promise<LoginOffer | undefined>;
  readonly done: Promise<void>;
  readonly stop: AbortController;
}

export function createLoginOffers(parts: LoginOffersParts): LoginOffers {
  const underWay = new Map<string, UnderWay>();

  function withdraw(source: string): void {
    underWay.get(source)?.stop.abort(new ConnectorError("cancelled", `The login of ${source} was given up.`));
    underWay.delete(source);
  }

  return {
    async offer(source) {
      const known = underWay.get(source) ?? begin(parts, source);
      underWay.set(source, known);
      const offered = await known.offer.catch(() => undefined);
      if (!offered) withdraw(source);
      return offered;
    },
    async finished(source, ms, signal) {
      const known = underWay.get(source);
      if (!known) return true;
      const woken = new AbortController();
      const patience = parts.clock.sleep(ms, AbortSignal.any([signal, woken.signal])).then(() => false);
      try {
        const done = await Promise.race([known.done.then(() => true), patience]);
        if (done) underWay.delete(source);
        return done;
      } catch (error) {
        underWay.delete(source);
        throw error;
      } finally {
        woken.abort();
      }
    },
    withdraw,
    close() {
      for (const source of [...underWay.keys()]) withdraw(source);
    },
  };
}

/** Answers at once; the login goes on beside it until its end. */
function begin(parts: LoginOffersParts, id: string): UnderWay {
  const stop = new AbortController();
  let show: (offer: LoginOffer | undefined) => void = () => {};
  const offer = new Promise<LoginOffer | undefined>((resolve) => {
    show = resolve;
  });
  const done = lead(parts, id, stop, show);
  done.catch(() => {}).finally(() => show(undefined)); // without a page there is nothing to show
  return { offer, done, stop };
}

async function lead(
  parts: LoginOffersParts,
  id: string,
  stop: AbortController,
  show: (offer: LoginOffer | undefined) => void,
): Promise<void> {
  // Loaded with the first login: every server has offers, few lead one.
  const [{ leadLogin }, { waysOf }] = await Promise.all([import("./lead-login.ts"), import("./log-in.ts")]);
  const source = await parts.source(id);
  const client = source && (await sourceLogin(source)).client;
  const way = client && pageWay(waysOf(client));
  if (!source || !client || !way) return show(undefined);
  const asks = `${id} needs a login. headwater asks ${new URL(client.tokenUrl).host} for this: ${client.allows} It only ever reads.`;
  const offered = (url: string, more = "") => {
    const safe = openableAddress(url);
    show(safe === undefined ? undefined : { url: safe, message: asks + more });
  };
  await leadLogin({
    source,
    client,
    way,
    person: {
      go: (address) => offered(address),
      type: (code, address) => offered(address, ` Type this code there: ${code}`),
      paste: () => Promise.reject(new ConnectorError("auth", "Nobody can paste an address here.")),
    },
    open: async () => false, // the assistant's program shows the page, after asking
    logins: parts.logins,
    clock: parts.clock,
    log: parts.log,
    signal: stop.signal,
    onWait: () => stop.abort(new ConnectorError("cancelled", "Another process leads a login now.")),
  });
}

/** A page that comes back to this machine where it has a browser, else a code that is typed on a page. */
function pageWay(ways: LoginWay[]): LoginWay | undefined {
  const wanted: LoginWay[] = mayHaveBrowser() ? ["browser", "device"] : ["device"];
  return wanted.find((way) => ways.includes(way));
}
