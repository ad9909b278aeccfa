import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConnectorError } from "../model/index.ts";
import { variablesHere } from "./ask-credential.ts";
import { loadConnector } from "./connectors.ts";
import { optionFields } from "./option-fields.ts";

/** A repository to follow, and what its source says beside that. */
export interface ChosenRepository {
  name: string;
  options: Record<string, unknown>;
}

/** `owner/name`, or any address of a repository; one that is not github.com's is an Enterprise Server's. Throws `usage`. */
export function repositoryOf(written: string): ChosenRepository {
  const [, origin, owner, name] =
    /^(?:(https?:\/\/[^/\s]+)\/|(?:github\.com)\/)?([\w.-]+)\/([\w.-]+?)(?:\.git)?(?:[/#?].*)?$/.exec(written.trim()) ??
    [];
  if (owner === undefined || name === undefined) {
    throw new ConnectorError("usage", `${JSON.stringify(written)} is no repository of GitHub.`, {
      hint: "Write owner/name or its address, such as: headwater init --github nodejs/undici",
    });
  }
  const elsewhere = origin !== undefined && !/^https?:\/\/(www\.)?github\.com$/.test(origin);
  return {
    name,
    options: {
      connector: "github",
      repositories: [`${owner}/${name}`],
      ...(elsewhere && { baseUrl: origin }),
      // Who types the address of this very machine means it.
      ...(elsewhere &&
        /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(origin) && { allowPrivateNetwork: true }),
    },
  };
}

/**
 * Options of a `github` source whose repositories are given by their addresses: on which server they are, unless baseUrl
 * says so already, and their plain names. Throws `usage` for two servers at once.
 */
export function withServer(options: Record<string, unknown>): Record<string, unknown> {
  const written = [options.repositories ?? []].flat().map(String);
  if (!written.some((one) => /^https?:\/\//.test(one))) return options;
  const chosen = written.map((one) => repositoryOf(one).options);
  const servers = new Set(chosen.map(({ baseUrl }) => baseUrl));
  if (servers.size > 1)
    throw new ConnectorError("usage", "These repositories are on different servers, and a source has one.", {
      hint: "Add a source for each: headwater add github <address>",
    });
  const { connector: _, repositories: __, ...server } = chosen[0] ?? {};
  return { ...server, ...options, repositories: chosen.flatMap(({ repositories }) => repositories as string[]) };
}

/** Asks for a repository, which needs no token where it is public. Undefined: none. Throws `cancelled`. */
export async function askRepository(
  signal: AbortSignal,
  folder = process.cwd(),
): Promise<ChosenRepository | undefined> {
  const { isCancel, select, text } = await import("@clack/prompts");
  const here = repositoryHere(folder);
  const written = await text({
    message: "Follow a GitHub repository too? A public one needs no token. owner/name, or Enter for none.",
    ...(here !== undefined && { placeholder: `such as ${here}` }),
    validate: (value) => problemOf(value ?? ""),
    signal,
  });
  if (isCancel(written)) throw new ConnectorError("cancelled", "Stopped. Nothing was written.");
  if ((written ?? "").trim() === "") return undefined;
  const chosen = repositoryOf(written);
  const [variable] = await githubVariables();
  if (variable === undefined) return chosen;
  const token = await select({
    message: `${variable} is set in this shell. Use it? The configuration then names the variable, never what is in it.`,
    options: [
      { value: false, label: "No token", hint: "public repositories, 60 requests an hour" },
      {
        value: true,
        label: `\${${variable}}`,
        hint: "5,000 an hour; whatever starts headwater needs the variable too",
      },
    ],
    signal,
  });
  if (isCancel(token)) throw new ConnectorError("cancelled", "Stopped. Nothing was written.");
  return token ? { ...chosen, options: { ...chosen.options, accessToken: `\${${variable}}` } } : chosen;
}

/** Environment variables of this shell that usually hold a token of GitHub. */
export async function githubVariables(): Promise<string[]> {
  const field = optionFields(await loadConnector("github")).find(({ name }) => name === "accessToken");
  return field === undefined ? [] : variablesHere(field);
}

function problemOf(written: string): string | undefined {
  if (written.trim() === "") return undefined;
  try {
    repositoryOf(written);
    return undefined;
  } catch {
    return "Write owner/name, such as nodejs/undici, or an address.";
  }
}

/** The repository of github.com that a folder was cloned from. */
function repositoryHere(folder: string): string | undefined {
  try {
    const written = readFileSync(join(folder, ".git", "config"), "utf8");
    return /^\s*url\s*=\s*\S*github\.com[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?\s*$/m.exec(written)?.[1];
  } catch {
    return undefined;
  }
}
