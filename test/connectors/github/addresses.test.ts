import { expect, it } from "vitest";
import { githubAddresses } from "../../../src/connectors/github/addresses.ts";

const DOTCOM = { api: "https://api.github.com", graphql: "https://api.github.com/graphql", web: "https://github.com" };
const RESIDENCY = {
  api: "https://api.acme.ghe.com",
  graphql: "https://api.acme.ghe.com/graphql",
  web: "https://acme.ghe.com",
};
const server = (web: string) => ({ api: `${web}/api/v3`, graphql: `${web}/api/graphql`, web });

it.each([
  [undefined, DOTCOM],
  ["https://github.com", DOTCOM],
  ["https://github.com/", DOTCOM],
  ["https://GitHub.com", DOTCOM],
  ["https://www.github.com", DOTCOM],
  ["https://api.github.com", DOTCOM],
  ["https://api.github.com/graphql", DOTCOM],
  ["https://acme.ghe.com", RESIDENCY],
  ["https://acme.ghe.com/", RESIDENCY],
  ["https://api.acme.ghe.com", RESIDENCY],
  ["https://code.example.com", server("https://code.example.com")],
  ["https://code.example.com/", server("https://code.example.com")],
  ["https://code.example.com/api", server("https://code.example.com")],
  ["https://code.example.com/api/v3", server("https://code.example.com")],
  ["https://code.example.com/api/v3/", server("https://code.example.com")],
  ["https://code.example.com/api/graphql", server("https://code.example.com")],
  ["https://code.example.com:8443/api/v3", server("https://code.example.com:8443")],
  ["http://10.1.2.3", server("http://10.1.2.3")],
  ["https://example.com/github", server("https://example.com/github")],
  ["https://notgithub.com", server("https://notgithub.com")],
  ["https://github.com.evil.example", server("https://github.com.evil.example")],
  [
    "http://127.0.0.1:4600",
    { api: "http://127.0.0.1:4600", graphql: "http://127.0.0.1:4600/graphql", web: "http://127.0.0.1:4600" },
  ],
  ["http://127.0.0.1:4600/api/v3", server("http://127.0.0.1:4600")],
])("%s is understood", (written, addresses) => {
  expect(githubAddresses(written)).toEqual(addresses);
});
