import { type GetPromptResult, type Prompt, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";

/** A ready-made way to work; the words are fixed, only the user's own arguments are put in. */
interface PromptDefinition extends Prompt {
  write(args: Record<string, string>): string;
}

const PROMPTS: readonly PromptDefinition[] = [
  {
    name: "find_everything_about",
    title: "Find everything about …",
    description: "Gathers all that is known about a topic, a person or a project over all sources, with citations.",
    arguments: [
      { name: "topic", description: "A topic, person, project or identifier", required: true },
      { name: "source", description: "Only in this source" },
    ],
    write: ({ topic, source }) =>
      `Find everything about: ${topic}

Search ${source ? `the source "${source}"` : "all sources"} with several wordings: the name itself, synonyms, abbreviations, related names you meet on the way. Fetch the most telling items and follow their links and backlinks. Then write:
- a summary in a few sentences,
- what is known, grouped by aspect, each statement cited by title and url,
- open questions and contradictions, with dates,
- where you looked and how old the copy was.`,
  },
  {
    name: "catch_up",
    title: "Catch up",
    description: "Summarises what changed since a time, over all sources or in one.",
    arguments: [
      { name: "since", description: "A time such as 24h, 7d or 2026-03-01; default 7d" },
      { name: "source", description: "Only in this source" },
    ],
    write: ({ since, source }) =>
      `Tell me what I missed since: ${since ?? "7d"}

First call ${source ? `sync_source for "${source}"` : "list_sources, and sync_source for sources whose copy is older than a few hours"}. Then call recent_changes${source ? ` for "${source}"` : ""} and fetch the items that matter. Group by topic, not by source; say who did what and when; cite each item by title and url. End with what seems to wait for me.`,
  },
  {
    name: "connect_a_source",
    title: "Connect a source",
    description: "Guides through adding a source to headwater and checking that it works.",
    arguments: [{ name: "connector", description: "What to connect, such as files" }],
    write: ({ connector }) =>
      `Help me connect ${connector ? `a source of the kind "${connector}"` : "a new source"} to headwater.

Call list_sources to see what is already there. Adding is done by me on the command line: explain \`headwater connectors\` (what can be connected), \`headwater add ${connector ?? "<connector>"}\` (asks for what it needs) and how secrets are kept out of the configuration file. Never ask me to paste a password or token here. When I say it is done, call test_source, explain anything missing, then sync_source, and show with one search that it works.`,
  },
];

/** What prompts/list answers. */
export const LISTED_PROMPTS: Prompt[] = PROMPTS.map(({ write: _, ...prompt }) => prompt);

/** The message of a prompt. Throws InvalidParams for an unknown name or a missing argument. */
export function getPrompt(name: string, args: Record<string, string>): GetPromptResult {
  const prompt = PROMPTS.find((each) => each.name === name);
  if (!prompt) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no prompt of this name.");
  const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value.trim() !== ""));
  const missing = prompt.arguments?.find((argument) => argument.required && !(argument.name in given));
  if (missing)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `The prompt needs the argument ${missing.name}.`);
  return {
    description: prompt.description,
    messages: [{ role: "user", content: { type: "text", text: prompt.write(given) } }],
  };
}
