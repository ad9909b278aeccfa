// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the manifest writes its variables like this.

/**
 * The manifest of the desktop bundle (https://github.com/anthropics/mcpb/blob/main/MANIFEST.md, version 0.3). It asks for Node's
 * own SQLite, because desktop programs refuse native modules that they have not signed.
 */
export function manifest({ version, description, license }) {
  return {
    manifest_version: "0.3",
    name: "headwater",
    display_name: "headwater",
    version,
    description,
    long_description:
      "headwater keeps a private copy of your notes, files and services on this computer, searchable in an instant and " +
      "brought up to date by itself. Choose folders or Obsidian vaults, GitHub repositories, or a configuration file of your own. " +
      "Nothing leaves this computer but what the assistant asks for.",
    author: { name: "The headwater authors" },
    license,
    keywords: ["search", "notes", "obsidian", "files", "github", "sync"],
    server: {
      type: "node",
      entry_point: "dist/desktop.js",
      mcp_config: {
        command: "node",
        args: [
          "${__dirname}/dist/desktop.js",
          "--config=${user_config.config}",
          "--github=${user_config.github_repositories}",
          "${user_config.folders}",
        ],
        env: { GITHUB_TOKEN: "${user_config.github_token}", HEADWATER_SQLITE: "node:sqlite" },
      },
    },
    tools_generated: true,
    prompts_generated: true,
    compatibility: { platforms: ["darwin", "win32", "linux"], runtimes: { node: ">=22.13.0" } },
    user_config: {
      folders: {
        type: "directory",
        title: "Folders and Obsidian vaults",
        description: "Their notes and documents are indexed on this computer. Nothing in them is changed.",
        multiple: true,
        required: false,
      },
      github_repositories: {
        type: "string",
        title: "GitHub repositories",
        description: "As owner/name, with commas between them. Public ones need no token.",
        required: false,
      },
      github_token: {
        type: "string",
        title: "GitHub token",
        description: "A fine-grained token with read-only permissions, for private repositories and higher limits.",
        sensitive: true,
        required: false,
      },
      config: {
        type: "file",
        title: "Your own headwater.yaml",
        description: "For everything else headwater can read. It takes the place of the settings above.",
        required: false,
      },
    },
  };
}
