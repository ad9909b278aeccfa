import { z } from "zod";

/**
 * What a larger value of an option does to the set of items: `widening` brings more (include, paths, size caps),
 * `narrowing` leaves some out (exclude, excludeTags), `cosmetic` changes nothing that is stored.
 */
export type Effect = "widening" | "narrowing" | "cosmetic";

/** Declares what a change of this option means for what is already stored. Without it an option counts as both. */
export function effect<T extends z.ZodType>(schema: T, grows: Effect): T {
  return schema.meta({ ...schema.meta(), effect: grows }) as T;
}

/** The option that what stands behind the connector's name goes into: `headwater add github acme/docs`. At most one. */
export function mainOption<T extends z.ZodType>(schema: T): T {
  return schema.meta({ ...schema.meta(), main: true }) as T;
}

/** Where people have such a credential already. Only ever suggested: nothing is read from there by itself. */
export interface UsuallyKept {
  /** Environment variables, the likeliest first. */
  readonly variables?: readonly string[];
  /** A program of the service that prints it, and its arguments. */
  readonly command?: readonly [string, ...string[]];
}

/** A credential field: written as a reference in the configuration, masked everywhere else. */
export function secret(description: string, kept: UsuallyKept = {}): z.ZodString {
  return z
    .string()
    .min(1)
    .meta({ description, secret: true, ...(Object.keys(kept).length > 0 && { kept }) }) as z.ZodString;
}

/**
 * A place on this machine. It reaches the connector absolute: `~` is the home folder, and a relative path starts at the
 * folder of the configuration file, wherever the process was started.
 */
export function localPath(description: string): z.ZodString {
  return z.string().min(1).meta({ description, localPath: true }) as z.ZodString;
}
