import { afterEach, expect, it } from "vitest";
import type { SourceTest } from "../../../src/sync/types.ts";
import type { Repository } from "../../twins/github/repository.ts";
import { GithubWorld } from "./world.ts";

const PRIVATE = { visibility: "private", hasWiki: false } as const;

let world: GithubWorld;
afterEach(async () => {
  expect(world.twin.refusals).toEqual([]);
  await world.close();
});

/** acme has a handbook for everyone and a ledger for itself. */
async function open(config: Record<string, unknown> = {}, fill: (docs: Repository) => void = () => {}): Promise<void> {
  world = await GithubWorld.open(
    (docs, twin) => {
      twin.world.organization("acme", ["marta-quill"]).type = "Organization";
      docs.push({ message: "Begin", files: { "README.md": "# Handbook\n" } });
      const ledger = twin.repository("acme/ledger", PRIVATE);
      ledger.push({ message: "Begin", files: { "README.md": "# Ledger\n" } });
      fill(docs);
    },
    { config: { repositories: [], organization: "acme", ...config } },
  );
}

/** Without what differs from run to run. */
async function test(): Promise<Omit<SourceTest, "tookMs" | "source">> {
  const { tookMs: _, source: __, ...told } = await world.place.engine.test("work");
  const at = (text: string) =>
    text.replace(/until \d\d:\d\d UTC/, "until … UTC").replaceAll(world.twin.origin, "https://hub");
  return JSON.parse(at(JSON.stringify(told))) as typeof told;
}

it("a fine-grained token is told by what it may read, what it may not, and until when", async () => {
  await open();
  const permissions = { metadata: "read", contents: "read", issues: "read", discussions: "read" };
  const expiresAt = `${new Date(world.place.clock.now().getTime() + 40 * 86_400_000).toISOString().slice(0, 10)}T10:00:00Z`;
  const token = world.twin.tokens.issue("marta-quill", { kind: "fine-grained", owner: "acme", permissions, expiresAt });
  world.twin.repository("acme/minutes", PRIVATE);
  world.configure({ accessToken: token.value });
  expect(await test()).toEqual({
    ok: true,
    account: "marta-quill",
    granted: [
      "acme/docs (public): issues, pull requests, files, discussions",
      "acme/ledger (private): issues, files, discussions",
      "acme/minutes (private): issues, discussions", // it is empty: nobody can tell
    ],
    missing: [
      {
        what: "Pull requests of acme/ledger, acme/minutes",
        why: 'The token is not allowed to read this: it needs "Pull requests: read".',
        how: "Edit the token at https://hub/settings/personal-access-tokens; a classic token needs the scope repo.",
      },
    ],
    limits: [
      `5,000 requests an hour, 4,992 of them left until … UTC`,
      `the token expires on ${expiresAt.slice(0, 10)}`,
    ],
    warnings: [],
  });
});

it("a token that ends soon is a warning, and one that has ended is refused with the way to a new one", async () => {
  await open();
  const at = (days: number) =>
    new Date(world.place.clock.now().getTime() + days * 86_400_000).toISOString().replace(/\.\d+/, "");
  const token = world.twin.tokens.issue("marta-quill", { kind: "fine-grained", owner: "acme", expiresAt: at(3) });
  world.configure({ accessToken: token.value });
  const day = at(3).slice(0, 10);
  expect((await test()).warnings).toEqual([`The token expires in 3 days: renew it before ${day}.`]);
  token.expiresAt = at(-1);
  const ended = await test();
  expect(ended).toMatchObject({ ok: false, problem: { kind: "auth" } });
  expect(ended.problem?.hint).toContain("personal-access-tokens/new");
});

it("a classic token is told by its scopes in words, and what it may do beyond reading", async () => {
  await open();
  const { granted, missing, warnings } = await test();
  expect(granted).toEqual([
    "scope repo: all repositories you can reach, private ones too (it allows writing as well, which headwater never does)",
    "scope read:org: which organizations and teams you belong to",
    "acme/docs (public): issues, pull requests, files, discussions",
    "acme/ledger (private): issues, pull requests, files, discussions",
  ]);
  expect([missing, warnings]).toEqual([[], []]);
  const other = world.twin.tokens.issue("marta-quill", { scopes: ["public_repo", "workflow"] });
  world.configure({ accessToken: other.value });
  const narrow = await test();
  expect(narrow.granted[0]).toBe("scope public_repo: public repositories");
  expect(narrow.missing).toEqual([
    {
      what: "Private repositories",
      why: "The classic token lacks the scope repo.",
      how: "Edit it at https://hub/settings/tokens, or better use a fine-grained token.",
    },
  ]);
  expect(narrow.warnings).toEqual([
    "Without read:org, private repositories of acme may be left out.",
    "The token may do more than headwater needs: workflow. Take that away from it.",
  ]);
});

it("a GitHub App is told by where it is installed, and what its owner and its host have to do", async () => {
  await open();
  const { app, privateKey } = world.twin.apps.register("mill-watch", "acme");
  world.configure({ accessToken: undefined, organization: undefined, appId: app.id, privateKey });
  expect((await test()).missing).toEqual([
    {
      what: "Every repository",
      why: "The app is not installed anywhere, or its installations are suspended.",
      how: "Install it: https://hub/apps/mill-watch/installations/new",
    },
  ]);
  const permissions = { metadata: "read", issues: "read", contents: "read", discussions: "read" };
  world.twin.apps.install(app, "acme", { permissions });
  expect(await test()).toMatchObject({
    account: "GitHub App mill-watch",
    granted: [
      "in acme, where the app is installed: Contents, Discussions, Issues, Metadata",
      "acme/docs (public): issues, pull requests, files, discussions",
      "acme/ledger (private): issues, files, discussions",
    ],
    missing: [
      {
        what: "Pull requests of acme/ledger",
        why: 'The app is not allowed to read this: it needs "Pull requests: read".',
        how: "Give it to the GitHub App (its settings, Permissions & events); whoever installed the app then has to accept it.",
      },
    ],
  });
});

it("without a token it is said what that leaves out, and few of the sixty requests are spent", async () => {
  await open({ accessToken: undefined, organization: undefined, repositories: ["acme/docs"] });
  expect(await test()).toEqual({
    ok: true,
    account: "nobody (no token)",
    granted: ["acme/docs (public): issues, pull requests, files"],
    missing: [
      {
        what: "Private repositories and discussions",
        why: "GitHub shows them only to those who log in.",
        how: "Create a fine-grained token at https://hub/settings/personal-access-tokens/new and put it into accessToken.",
      },
    ],
    limits: ["60 requests an hour, 56 of them left until … UTC"],
    warnings: ["A larger repository takes hours the first time: without a token GitHub answers 60 requests an hour."],
  });
});

it("a repository that is not shown is named, with what may be the reason for this way in", async () => {
  await open({ repositories: ["acme/docs", "acme/legder"], organization: undefined });
  expect((await test()).missing).toEqual([
    {
      what: "acme/legder",
      why: "GitHub shows no repository acme/legder: it is not there, or you have no access.",
      how: "Is it written right? A private repository is hidden from tokens that were not given it: add it at https://hub/settings/personal-access-tokens.",
    },
  ]);
  world.configure({ accessToken: undefined, repositories: ["acme/ledger"] });
  expect(await test()).toMatchObject({
    ok: false,
    problem: {
      kind: "not_found",
      hint: "Is it written right? A private repository is hidden from those without a token: put one into accessToken.",
    },
  });
});

it("of many repositories a few are tried and the others counted", async () => {
  await open({}, () => {});
  for (let at = 0; at < 4; at++) world.twin.repository(`acme/zz-${at}`, at === 0 ? { hasWiki: false } : PRIVATE);
  const { granted } = await test();
  expect(granted.at(-1)).toBe("3 more repositories, 3 of them private");
  expect([...world.twin.counts()].find(([route]) => route.endsWith("/pulls"))?.[1]).toBe(3);
});
