/** What people type most, by command. A test parses every one of them. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  init: ["headwater init", "headwater init --github nodejs/undici", "headwater init --demo"],
  add: [
    "headwater add files ~/Notes",
    "headwater add github nodejs/undici --include-code --labels bug docs",
    "headwater add github --organization acme --access-token 'secret://work'",
  ],
  remove: ["headwater remove old-notes"],
  login: ["headwater login work-drive", "headwater login work-drive --device"],
  logout: ["headwater logout work-drive"],
  install: ["headwater install", "headwater install --client cursor codex", "headwater install --print"],
  uninstall: ["headwater uninstall --client cursor"],
  connectors: ["headwater connectors", "headwater connectors github"],
  sources: ["headwater sources"],
  test: ["headwater test", "headwater test work-notes"],
  list: ["headwater list work-notes", "headwater list work-notes Projects"],
  sync: ["headwater sync", "headwater sync work-notes --full", "headwater sync --watch"],
  status: ["headwater status"],
  history: ["headwater history", "headwater history work-notes --limit 5"],
  failures: ["headwater failures", "headwater failures work-notes --retry"],
  search: [
    "headwater search quarterly plan",
    `headwater search '"stop rule" -draft' --source work-notes --since 30d`,
    "headwater search invoice --kind mail --author ada@example.org",
  ],
  fetch: ["headwater fetch 'work-notes/Projects/Plan.md'", "headwater fetch https://github.com/acme/docs/issues/12"],
  changes: ["headwater changes", "headwater changes --since 24h --source work-notes"],
  export: ["headwater export --output all.ndjson", "headwater export --source work-notes | head -1"],
  serve: ["headwater serve", "headwater serve --http", "headwater serve --http 0.0.0.0:7800 --schedule"],
  "secrets set": ["headwater secrets set github", "pass show github | headwater secrets set github"],
  "secrets rm": ["headwater secrets rm github"],
  "secrets list": ["headwater secrets list"],
  "secrets rotate-key": ["headwater secrets rotate-key"],
  "config path": ["headwater config path"],
  "config validate": ["headwater config validate", "headwater config validate --config ./other.yaml"],
  "config schema": ["headwater config schema > headwater.schema.json"],
  "config edit": ["headwater config edit"],
  reset: ["headwater reset work-notes", "headwater reset --all"],
  completion: ["headwater completion zsh"],
  backup: ["headwater backup", "headwater backup ~/backup/notes.tar.gz"],
  restore: ["headwater restore ~/backup/notes.tar.gz"],
  doctor: ["headwater doctor", "headwater doctor --repair"],
};

/** The examples of a command, by its words: `secrets set`. */
export function examplesOf(command: string): readonly string[] {
  return EXAMPLES[command] ?? [];
}
