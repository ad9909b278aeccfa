import type { Clock, Logger } from "../../connectors/kit/index.ts";
import type { SecretSettings } from "./secret-settings.ts";

/** What references may draw from while the configuration is read. */
export interface ReferenceScope {
  env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths start: the folder of the configuration file. */
  folder: string;
}

/** The text with its references put in, or what is wrong, as the end of a sentence that begins with the key. */
export type Expanded = { text: string } | { problem: string };

/** A place that credentials can be kept in. A reference is its prefix and what follows. */
export type SecretProvider = EarlyProvider | LateProvider;

interface Prefixed {
  readonly prefix: string;
  /** How a reference is written, for messages. */
  readonly form: string;
}

/** On this machine and quick: read with the configuration, so that what is wrong is told with its line. */
export interface EarlyProvider extends Prefixed {
  readNow(rest: string, scope: ReferenceScope): Expanded;
}

/** Encrypted or elsewhere: read when a source is opened. */
export interface LateProvider extends Prefixed {
  /** What may follow the prefix. */
  readonly fits: RegExp;
  /** Throws ConnectorErrors that name the reference, the cause and what to do; never any part of a secret. */
  read(rest: string, context: SecretContext): Promise<string>;
}

export interface SecretContext {
  dataFolder: string;
  settings: SecretSettings;
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
  /** The credential that a text of the settings stands for. */
  openText(text: string): Promise<string>;
  /** What a provider keeps while the process runs, such as its own login. */
  memory: Map<string, { value: string; until: number }>;
}
