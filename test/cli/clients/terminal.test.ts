import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HAS_TERMINALS, onTerminal } from "../on-terminal.ts";
import { Sandbox, writeNotes } from "../sandbox.ts";

// Without util-linux's `script` there is no terminal to be had: macOS and Windows have none that takes a command like this.
describe.runIf(HAS_TERMINALS)("on a terminal", () => {
  it("install asks, with the assistants found here chosen", async () => {
    const box = new Sandbox();
    mkdirSync(join(box.home, ".cursor"));
    const said = await onTerminal(box, "install", [["Add headwater to which assistants?", "\r"]]);
    expect(said).toContain("Cursor");
    expect(JSON.parse(readFileSync(join(box.home, ".cursor", "mcp.json"), "utf8")).mcpServers.headwater.args).toContain(
      "serve",
    );
    expect(existsSync(join(box.home, ".codex"))).toBe(false);
    await onTerminal(box, "uninstall", [["Take headwater out of which?", "\r"]]);
    expect(existsSync(join(box.home, ".cursor"))).toBe(false);
  });

  it("install writes nothing when the person leaves", async () => {
    const box = new Sandbox();
    mkdirSync(join(box.home, ".cursor"));
    expect(await onTerminal(box, "install", [["Add headwater", "\u0003"]])).toContain("Nothing was written");
    expect(existsSync(join(box.home, ".cursor", "mcp.json"))).toBe(false);
  });

  it("init offers it after the first sync", async () => {
    const box = new Sandbox();
    writeNotes(box);
    mkdirSync(join(box.home, ".codex"));
    const said = await onTerminal(box, "init", [
      ["Index which?", "\r"],
      ["Follow a GitHub repository too?", "\r"],
      ["Add headwater to your assistants?", "\r"],
    ]);
    expect(said).toContain("Codex");
    expect(readFileSync(join(box.home, ".codex", "config.toml"), "utf8")).toContain("[mcp_servers.headwater]");
  });
});
