import { buildSchema, isEnumType, isObjectType } from "graphql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { apiSpec } from "./api-specs.ts";
import { GithubTwin } from "./github/github-twin.ts";
import { subset } from "./github/graphql/schema.ts";

const vendor = apiSpec("github.graphql");

describe("GraphQL of the twin of GitHub", () => {
  let twin: GithubTwin;

  beforeEach(async () => {
    twin = await GithubTwin.open();
    await twin.seed();
  });

  afterEach(async () => {
    await twin.close();
  });

  async function ask(
    query: string,
    variables: Record<string, unknown> = {},
    token: string | undefined = twin.token.value,
  ) {
    const headers: Record<string, string> = { "user-agent": "test", "content-type": "application/json" };
    if (token !== "") headers.authorization = `Bearer ${token}`;
    const answer = await fetch(`${twin.origin}/graphql`, {
      method: "POST",
      headers,
      body: JSON.stringify({ query, variables }),
    });
    return { status: answer.status, headers: answer.headers, json: JSON.parse(await answer.text()) };
  }

  const inside = (body: string) => ask(`{ repository(owner: "millrace", name: "handbook") { ${body} } }`);

  it("shows discussions with comments and replies", async () => {
    const { json } = await inside(`discussions(first: 2, orderBy: { field: UPDATED_AT, direction: DESC }) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { id number title body isAnswered category { name } author { __typename login }
        comments(first: 10) { nodes { id databaseId isAnswer body replies(first: 10) { nodes { body replyTo { id } } } } } } }`);
    expect(json.errors).toBeUndefined();
    const { discussions } = json.data.repository;
    expect([discussions.totalCount, discussions.nodes.length, discussions.pageInfo.hasNextPage]).toEqual([3, 2, true]);
    expect(discussions.nodes[0].comments.nodes[0].replies.nodes[0].body).toBe("Meg 0 it is.");
    const rest = await inside(
      `discussions(first: 2, after: "${discussions.pageInfo.endCursor}") { nodes { number isAnswered } }`,
    );
    expect(rest.json.data.repository.discussions.nodes).toEqual([{ number: 44, isAnswered: null }]);
    expect(twin.refusals).toEqual([]);
  });

  it("lists the numbers of issues and pull requests apart", async () => {
    const { json } = await inside(`issues(first: 100) { totalCount nodes { number } }
      pullRequests(first: 100) { totalCount nodes { number reviews(first: 5) { nodes { fullDatabaseId state } } } }`);
    expect([json.data.repository.issues.totalCount, json.data.repository.pullRequests.totalCount]).toEqual([30, 12]);
    expect(json.data.repository.pullRequests.nodes[0].reviews.nodes[0].fullDatabaseId).toMatch(/^3\d{9}$/);
  });

  it("answers the text of files", async () => {
    const { json } =
      await inside(`object(expression: "HEAD:README.md") { __typename ... on Blob { text isBinary byteSize } }
      defaultBranchRef { name target { ... on Commit { file(path: "gates/gate-0.md") { mode type } } } }`);
    expect(json.data.repository.object).toMatchObject({ __typename: "Blob", isBinary: false });
    expect(json.data.repository.defaultBranchRef.target.file).toEqual({ mode: 33188, type: "blob" });
  });

  it("refuses without a token, and remembers what no right client asks", async () => {
    expect((await ask("{ viewer { login } }", {}, "")).status).toBe(401);
    expect(twin.refusals).toEqual([]);
    expect((await inside("tickets { id }")).json.errors[0].message).toContain("tickets");
    expect((await inside("issues { nodes { id } }")).json.errors[0].type).toBe("MISSING_PAGINATION_BOUNDARIES");
    expect((await inside("issues(first: 101) { nodes { id } }")).json.errors[0].type).toBe("EXCESSIVE_PAGINATION");
    expect(twin.refusals).toHaveLength(3);
  });

  it("says what is missing or forbidden beside the data", async () => {
    const gone = await ask('{ repository(owner: "millrace", name: "nowhere") { id } }');
    expect(gone.json).toMatchObject({
      data: { repository: null },
      errors: [{ type: "NOT_FOUND", path: ["repository"] }],
    });
    const closed = twin.repository("marta-quill/diary", { visibility: "private" });
    closed.discussions.open({ title: "Mine", body: "Alone." });
    const token = twin.tokens.issue("marta-quill", { kind: "fine-grained", permissions: { metadata: "read" } });
    const { json } = await ask(
      '{ repository(owner: "marta-quill", name: "diary") { discussions(first: 1) { nodes { id } } } }',
      {},
      token.value,
    );
    expect(json.errors[0]).toMatchObject({ type: "FORBIDDEN", path: ["repository", "discussions"] });
    expect(twin.refusals).toEqual([]);
  });

  it("counts points by what a query may answer", async () => {
    const { json } = await ask(`{ rateLimit { cost nodeCount limit remaining }
      repository(owner: "millrace", name: "handbook") { issues(first: 100) { nodes { comments(first: 50) { nodes { id } } } } } }`);
    expect(json.data.rateLimit).toMatchObject({ cost: 1, nodeCount: 5100, limit: 5000, remaining: 4999 });
  });

  it.skipIf(vendor === undefined)("describes nothing that the vendor's schema does not have", () => {
    const [ours, theirs] = [buildSchema(subset()), buildSchema(vendor as string)];
    const strange: string[] = [];
    for (const type of Object.values(ours.getTypeMap()).filter((one) => !one.name.startsWith("__"))) {
      const known = theirs.getType(type.name);
      if (isEnumType(type) && isEnumType(known)) {
        const values = new Set(known.getValues().map((value) => value.name));
        strange.push(
          ...type.getValues().flatMap((value) => (values.has(value.name) ? [] : [`${type.name}.${value.name}`])),
        );
      }
      if (!isObjectType(type)) continue;
      const fields = isObjectType(known) ? known.getFields() : {};
      for (const [name, field] of Object.entries(type.getFields())) {
        if (String(fields[name]?.type) !== String(field.type)) strange.push(`${type.name}.${name}: ${field.type}`);
      }
    }
    expect(strange).toEqual([]);
  });
});
