import { readVariable } from "./secrets/environment.ts";
import { isEarly, providerOf } from "./secrets/providers.ts";
import type { Expanded, ReferenceScope } from "./secrets/secret-provider.ts";

export { absolutePath } from "./absolute-path.ts";
export type { Expanded, ReferenceScope };

const REFERENCE = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;

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

/** A credential: variables, or as a whole a reference to where it is kept; `late` when it is read only when needed. */
export function expandCredential(text: string, scope: ReferenceScope): Expanded | { late: string } {
  if (text.startsWith("exec:")) {
    return {
      problem: `uses exec:, which headwater does not do: no configuration may start programs. What works: \${VARIABLE}, env:VARIABLE, file:/path/to/secret or secret://name.`,
    };
  }
  const provider = providerOf(text);
  const expanded = provider?.prefix === "env:" ? { text } : expandVariables(text, scope);
  if ("problem" in expanded) return withoutDefault(expanded.problem);
  if (!provider) return expanded;
  const rest = expanded.text.slice(provider.prefix.length);
  if (isEarly(provider)) {
    const found = provider.readNow(rest, scope);
    return "problem" in found ? withoutDefault(found.problem) : found;
  }
  if (provider.fits.test(rest)) return { late: provider.prefix + rest };
  return { problem: `has a reference that is not written ${provider.form}.` };
}

/** Whether a text holds any reference; a credential without one stands in the file for everybody to read. */
export function hasReference(text: string): boolean {
  return /\$\{/.test(text.replaceAll("$${", "")) || providerOf(text) !== undefined;
}

/** A credential has no default worth writing down. */
function withoutDefault(problem: string): Expanded {
  const instead = "Set it, or keep the credential in a file: file:/path/to/secret.";
  return { problem: problem.replace(/Set it, or write .*$/, instead) };
}
