/** What a model wants to stand before a question and before a text that may answer it. */
export interface Prefixes {
  question: string;
  text: string;
}

const NONE: Prefixes = { question: "", text: "" };
const REPRESENT: Prefixes = { question: "Represent this sentence for searching relevant passages: ", text: "" };

/**
 * Models that were trained with a task before each text and find less without it, by the beginning of the last part of
 * their name, as their makers' pages say (those of
 * nomic, e5, embeddinggemma and mxbai read again 2026-11-22). The first that fits counts.
 */
const KNOWN: readonly [RegExp, Prefixes][] = [
  [/^nomic-embed-text/, { question: "search_query: ", text: "search_document: " }],
  [/^(?:multilingual-)?e5-(?!.*instruct)/, { question: "query: ", text: "passage: " }],
  [/^(?:embeddinggemma|embedding-gemma)/, { question: "task: search result | query: ", text: "title: none | text: " }],
  [/^snowflake-arctic-embed(?:2|-[lm]-v2)/, { question: "query: ", text: "" }],
  [/^snowflake-arctic-embed|^mxbai-embed-large|^bge-(?:small|base|large)-en/, REPRESENT],
  [
    /^qwen3-embedding/,
    {
      question: "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:",
      text: "",
    },
  ],
];

/** For "nomic-embed-text:latest" as for "nomic-ai/nomic-embed-text-v1.5"; nothing for a model that is not known. */
export function prefixesOf(model: string): Prefixes {
  const name = model.split("/").at(-1)?.toLowerCase() ?? "";
  return KNOWN.find(([pattern]) => pattern.test(name))?.[1] ?? NONE;
}
