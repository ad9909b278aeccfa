import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { github } from "../../../src/connectors/github/index.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import { type Emulate, startEmulate } from "../../setup/emulate.ts";

/** GitHub as somebody else understood it: trees, comparisons and contents, without GraphQL and archives. */
let service: Emulate | undefined;

beforeAll(async () => {
  service = await startEmulate("github", {
    users: [{ login: "marta", name: "Marta Oyelaran" }],
    repos: [{ owner: "marta", name: "weir", auto_init: true }],
  });
}, 180_000);
afterAll(() => service?.close());

async function write(method: "PUT" | "DELETE", path: string, body: object): Promise<void> {
  const url = `${service?.url}/repos/marta/weir/contents/${path}`;
  const headers = { authorization: "Bearer unasked", "content-type": "application/json" };
  const known = (await (await fetch(url, { headers })).json()) as { sha?: string };
  const answer = await fetch(url, {
    method,
    headers,
    body: JSON.stringify({ message: path, ...body, sha: known.sha }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
}

const put = (path: string, text: string) => write("PUT", path, { content: Buffer.from(text).toString("base64") });

describe("files on a GitHub that we did not write", () => {
  it("come whole, and follow what is edited, added and removed", async (context) => {
    if (service === undefined) return context.skip("emulate could not be started");
    await put("docs/gates.md", "Two gates. 🐟");
    await put("docs/race.md", "Dry since May.");
    await put("docs/page.html", "<p>Open on <b>Sundays</b>.</p>");
    await put("src/main.ts", "export {};");
    const place = await TestWorkplace.open({
      id: "mine",
      connector: github,
      config: {
        baseUrl: service.url,
        accessToken: "unasked",
        repositories: ["marta/weir"],
        includeIssues: false,
        includePrs: false,
        includeDiscussions: false,
        includeCode: true,
        fileExtensions: [".md", ".html"],
      },
    });
    const files = async () => {
      const stored = [...(await place.stored("mine"))].filter(([id]) => id.includes(":"));
      return Object.fromEntries(stored.map(([id, { text }]) => [id.slice(id.indexOf(":") + 1), text]));
    };
    expect(await place.sync("mine")).toMatchObject({ state: "succeeded", failed: 0 });
    expect(await files()).toEqual({
      "README.md": "# weir\n",
      "docs/gates.md": "Two gates. 🐟",
      "docs/race.md": "Dry since May.",
      "docs/page.html": "Open on **Sundays**.",
    });
    expect(await place.sync("mine")).toMatchObject({ state: "succeeded", added: 0, updated: 0, deleted: 0 });
    await put("docs/gates.md", "Three gates.");
    await put("docs/pond.md", "Deep.");
    await write("DELETE", "docs/race.md", {});
    expect(await place.sync("mine")).toMatchObject({ added: 1, updated: 1, deleted: 1, failed: 0 });
    expect(Object.keys(await files()).sort()).toEqual(["README.md", "docs/gates.md", "docs/page.html", "docs/pond.md"]);
    await place.close();
  });
});
