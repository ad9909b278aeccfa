import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { rememberSecret } from "./secret.ts";

/** What references may draw from. */
export interface ReferenceScope {
  env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths start: the folder of the configuration file. */
  folder: string;
}

/** The text with its references put in, or what is wrong, as the end of a sentence that begins with the key. */
export type Expanded = { text: string } | { problem: string };

const REFERENCE = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Variables of such names are masked in all output, wherever they are used. */
const SECRET_NAME = /token|secret|passw|credential|api_?key|_key$|private/i;
const LARGEST_SECRET_FILE = 64 * 1024;
const NOT_YET = /^(secret:\/\/|vault:|aws-sm:|exec:)/;

/** Puts variables in: `${VAR}`, `${VAR:-default}`, `${VAR:?message}`; `$${` is a literal `${`. Once, never again in what came in. */
export function expandVariables(text: string, scope: ReferenceScope): Expanded {
  let problem: string | undefined;
  const expanded = text.replace(REFERENCE, (whole, inside: string | undefined) => {
    if (whole === "$${") return "${";
    const answer = readVariable(inside, scope.env);
    if ("text" in answer) return answer.text;
    problem ??= answer.problem;
    return whole;
  });
  return problem === undefined ? { text: expanded } : { problem };
}

/** A credential: variables, or as a whole `env:NAME` or `file:/path`. */
export function expandCredential(text: string, scope: ReferenceScope): Expanded {
  const later = NOT_YET.exec(text)?.[1];
  if (later) {
    return {
      problem: `uses ${later}, which this version of headwater cannot read. What works today: \${VARIABLE}, env:VARIABLE or file:/path/to/secret.`,
    };
  }
  const expanded = text.startsWith("env:") ? readVariable(text.slice(4), scope.env) : expandVariables(text, scope);
  if ("problem" in expanded) {
    return {
      problem: expanded.problem.replace(
        /Set it, or write .*$/,
        "Set it, or keep the credential in a file: file:/path/to/secret.",
      ),
    };
  }
  return "text" in expanded && text.startsWith("file:")
    ? readSecretFile(expanded.text.slice(5), scope.folder)
    : expanded;
}

/** Whether a text holds any reference; a credential without one stands in the file for everybody to read. */
export function hasReference(text: string): boolean {
  return /\$\{/.test(text.replaceAll("$${", "")) || /^(env|file):/.test(text);
}

/** Absolute form of a path on this machine: `~` is the home folder, relative ones start at `folder`. */
export function absolutePath(path: string, folder: string): string {
  const home = /^~(?=$|[/\\])/.test(path) ? homedir() + path.slice(1) : path;
  return resolve(folder, home);
}

function readVariable(inside: string | undefined, env: ReferenceScope["env"]): Expanded {
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

function readSecretFile(written: string, folder: string): Expanded {
  const path = absolutePath(written.replace(/^\/\/(?=\/)/, ""), folder);
  try {
    const facts = statSync(path);
    if (!facts.isFile()) return { problem: `names the secret file ${path}, which is not a file.` };
    if (facts.size > LARGEST_SECRET_FILE)
      return { problem: `names the secret file ${path}, which is larger than 64 KB.` };
    const text = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    return text === "" ? { problem: `names the secret file ${path}, which is empty.` } : { text };
  } catch (error) {
    const denied = (error as NodeJS.ErrnoException).code === "EACCES";
    return {
      problem: `names the secret file ${path}, which ${denied ? "may not be read by this user" : "does not exist"}.`,
    };
  }
}
