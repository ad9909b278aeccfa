import { rememberSecret } from "../secret.ts";
import type { EarlyProvider, Expanded, ReferenceScope } from "./secret-provider.ts";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Variables of such names are masked in all output, wherever they are used. */
const SECRET_NAME = /token|secret|passw|credential|api_?key|_key$|private/i;

/** `env:NAME`. */
export const environment: EarlyProvider = {
  prefix: "env:",
  form: "env:VARIABLE",
  readNow: (rest, { env }) => readVariable(rest, env),
};

/** What stands inside `${…}`: a name, a name with a default, or a name with a message. */
export function readVariable(inside: string | undefined, env: ReferenceScope["env"]): Expanded {
  const [, name = "", operator, rest = ""] = /^([^:]*)(?::([-?])(.*))?$/s.exec(inside ?? "") ?? [];
  if (inside === undefined) return { problem: `has a \${ without its closing }. Write $\${ for a literal \${.` };
  if (!NAME.test(name)) {
    return {
      problem: `has the reference \${${inside}}, which is none of \${NAME}, \${NAME:-default} and \${NAME:?message}.`,
    };
  }
  const value = env[name];
  if (value !== undefined && (value !== "" || operator === undefined)) {
    if (SECRET_NAME.test(name)) rememberSecret(value);
    return { text: value };
  }
  if (operator === "-") return { text: rest };
  if (operator === "?") return { problem: `needs the environment variable ${name}: ${rest || "it is not set"}` };
  return {
    problem: `needs the environment variable ${name}, which is not set. Set it, or write \${${name}:-default}.`,
  };
}
