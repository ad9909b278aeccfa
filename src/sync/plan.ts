import type { z } from "zod";
import type { Connector, Effect } from "../connectors/kit/index.ts";
import type { OpenSource } from "../sources/source.ts";
import type { LossGuard, Progress } from "../store/store.ts";
import { PASS_NOTES } from "./pass-notes.ts";

const HOUR_MS = 3_600_000;

/** Deletions that a full pass may make without asking: at most a fifth of a place, or nine items. */
export function lossGuard(consent: boolean): LossGuard {
  return { share: 0.2, atLeast: 10, secondPassAbove: 1000, consent };
}

/** What changed options mean for what is already stored. */
export interface OptionChange {
  /** New items may have come into view: everything is listed again. */
  wider: boolean;
  /** Stored items may have left the view: they are removed. */
  narrower: boolean;
  /** Items may read differently: everything is read again, whatever its version. */
  rewrite: boolean;
}

const NOTHING: OptionChange = { wider: false, narrower: false, rewrite: false };
const EVERYTHING: OptionChange = { wider: true, narrower: true, rewrite: true };

/** The digests kept beside a cursor: the connector's options and the engine's keys that shape what is stored. */
export function optionsOf(source: OpenSource): Record<string, string> {
  const { tags, since, limits } = source.settings;
  return {
    ...source.options,
    "engine.tags": JSON.stringify(tags),
    "engine.since": JSON.stringify(since ?? null),
    "engine.itemBytes": JSON.stringify(limits.itemBytes),
  };
}

/** Compares the options a feed was last committed with against those of now. */
export function optionChange(
  connector: Connector,
  before: Record<string, string> | undefined,
  now: Record<string, string>,
): OptionChange {
  if (before === undefined) return NOTHING;
  const change = { ...NOTHING };
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (before[name] === now[name] || name === PASS_NOTES) continue;
    const meant = effectOf(connector, name, before[name], now[name]);
    change.wider ||= meant.wider;
    change.narrower ||= meant.narrower;
    change.rewrite ||= meant.rewrite;
  }
  return change;
}

function effectOf(
  connector: Connector,
  name: string,
  before: string | undefined,
  now: string | undefined,
): OptionChange {
  const declared = declaredEffect(connector, name);
  if (declared === "cosmetic") return NOTHING;
  if (declared === undefined) return EVERYTHING;
  const growth = growthOf(before, now);
  const more = { wider: true, narrower: false, rewrite: false };
  const less = { wider: false, narrower: true, rewrite: false };
  if (growth === "both") return { wider: true, narrower: true, rewrite: false };
  return (growth === "grew") === (declared === "widening") ? more : less;
}

function declaredEffect(connector: Connector, name: string): Effect | undefined {
  if (name === "engine.since") return "narrowing";
  if (name === "engine.itemBytes") return "widening";
  const schema = (connector.config.shape as Record<string, z.ZodType | undefined>)[name];
  return schema?.meta()?.effect as Effect | undefined;
}

/** Whether a value became larger: a list with more elements, a higher number, false to true, nothing to something. */
function growthOf(before: string | undefined, now: string | undefined): "grew" | "shrank" | "both" {
  const [old, fresh] = [parsed(before), parsed(now)];
  if (Array.isArray(old) && Array.isArray(fresh)) return growthOfLists(old, fresh);
  if (typeof old === "number" && typeof fresh === "number") return fresh > old ? "grew" : "shrank";
  if (typeof old === "boolean" && typeof fresh === "boolean") return fresh ? "grew" : "shrank";
  return "both";
}

function growthOfLists(old: unknown[], fresh: unknown[]): "grew" | "shrank" | "both" {
  const [before, now] = [old, fresh].map((list) => new Set(list.map((one) => JSON.stringify(one)))) as [
    Set<string>,
    Set<string>,
  ];
  if (before.size === 0 || now.size === 0) return "both"; // an empty list often means "everything"
  if ([...before].every((one) => now.has(one))) return "grew";
  if ([...now].every((one) => before.has(one))) return "shrank";
  return "both";
}

function parsed(value: string | undefined): unknown {
  if (value === undefined) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** Whether everything in a place has to be walked again, and why. */
export function fullPassIsDue(source: OpenSource, progress: Progress, now: Date): boolean {
  if (source.connector.feed === "listing") return true;
  if (source.connector.feed === "changes") return false;
  if (source.settings.limits.fullPassHours <= 0) return false;
  if (progress.lastFullPassAt === undefined) return true;
  return now.getTime() - Date.parse(progress.lastFullPassAt) >= source.settings.limits.fullPassHours * HOUR_MS;
}
