// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration are written like this.
/** Mistakes that people make in headwater.yaml: what it is about, the file, the exact sentences. */
export interface SeededMistake {
  about: string;
  yaml: string;
  env?: Record<string, string>;
  says: string[];
}

const head = (body: string) => `version: 1\nsources:\n  notes:\n    connector: demo\n    paths: [/srv/notes]\n${body}`;
const at = (about: string, line: string, says: string, env?: Record<string, string>): SeededMistake => ({
  about,
  yaml: head(`    ${line}\n`),
  says: [`headwater.yaml:6: sources.notes.${says}`],
  ...(env && { env }),
});

export const CORPUS: SeededMistake[] = [
  at("a misspelt option", "inclued: [a]", 'inclued is not known here. Did you mean "include"?'),
  at("an option in another style", "max-file-mb: 3", 'max-file-mb is not known here. Did you mean "maxFileMb"?'),
  at("an option in capitals", "MaxFileMb: 3", 'MaxFileMb is not known here. Did you mean "maxFileMb"?'),
  at(
    "a word of another product",
    "includePatterns: ['*.md']",
    'includePatterns is not known here. Did you mean "include"?',
  ),
  at(
    "an interval in another word",
    "syncIntervalMinutes: 5",
    'syncIntervalMinutes is not known here. Did you mean "every"?',
  ),
  at(
    "an option that is like nothing",
    "zzz: 1",
    "zzz is not known here. Known here: paths, include, apiToken, maxFileMb, depth, mode, followLinks, baseUrl, login, headers, view, connector, enabled, tenant, tags, every, schedule, since, allowPrivateNetwork, limits.",
  ),
  at(
    "a number written as a word",
    "maxFileMb: big",
    'maxFileMb must be a number, got "big". maxFileMb: Larger files are not read.',
  ),
  at(
    "a number in quotes",
    'maxFileMb: "20"',
    'maxFileMb must be a number, got "20". Write 20 without quotes. maxFileMb: Larger files are not read.',
  ),
  at(
    "a number below the least",
    "maxFileMb: 0",
    "maxFileMb must be more than 0, got 0. maxFileMb: Larger files are not read.",
  ),
  at(
    "a number above the most",
    "maxFileMb: 900",
    "maxFileMb must be at most 500, got 900. maxFileMb: Larger files are not read.",
  ),
  at(
    "a fraction where a whole number is due",
    "depth: 1.5",
    "depth must be a whole number, got 1.5. depth: Folders deep.",
  ),
  at("a whole number below the least", "depth: 0", "depth must be at least 1, got 0. depth: Folders deep."),
  at(
    "a choice that does not exist",
    "mode: quick",
    'mode must be one of "fast", "thorough", got "quick". mode: How closely files are looked at.',
  ),
  at(
    "a choice nearly right",
    "mode: thorugh",
    'mode must be one of "fast", "thorough", got "thorugh". Did you mean "thorough"? mode: How closely files are looked at.',
  ),
  at(
    "yes for true",
    "followLinks: yes",
    'followLinks must be true or false, got "yes". Write true. followLinks: Whether links are followed.',
  ),
  at(
    "a text where a list is due",
    "include: docs/**",
    'include must be a list, got "docs/**". Write ["docs/**"]. include: What to take.',
  ),
  at("a number inside a list of texts", "include: [docs, 7]", 'include[1] must be a text, got 7. Write "7".'),
  at(
    "a map where a text is due",
    "baseUrl: { a: 1 }",
    "baseUrl must be a text, got a map of keys. baseUrl: Address of the service.",
  ),
  at(
    "an address that is none",
    "baseUrl: example",
    'baseUrl must be an address such as https://example.com, got "example". baseUrl: Address of the service.',
  ),
  at(
    "an empty credential",
    'apiToken: ""',
    "apiToken must be a text that is not empty, got an empty text. apiToken: Personal access token.",
  ),
  at(
    "a credential that is a number",
    "apiToken: 12345",
    "apiToken must be a text, got a number. apiToken: Personal access token.",
  ),
  at("half a login", "login: { user: marta }", 'login needs "password". password: Password of the user.'),
  at(
    "a misspelt key inside a map",
    "login: { user: marta, password: 'env:PW', pasword: x }",
    'login.pasword is not known here. Did you mean "password"?',
    { PW: "canary" },
  ),
  at(
    "a map whose values must be texts",
    "headers: { X-Retry: 3 }",
    'headers.X-Retry must be a text, got 3. Write "3".',
  ),
  at("a value that fits no branch", "view: 7", 'view must be "all" or a list, got 7. view: Which views.'),
  at(
    "an option with nothing after it",
    "maxFileMb:",
    "maxFileMb must be a number, got nothing. maxFileMb: Larger files are not read.",
  ),
  at(
    "a missing variable",
    "baseUrl: ${DEMO_URL}",
    "baseUrl needs the environment variable DEMO_URL, which is not set. Set it, or write ${DEMO_URL:-default}.",
  ),
  at(
    "a missing variable with a message",
    "baseUrl: ${DEMO_URL:?set it to your wiki's address}",
    "baseUrl needs the environment variable DEMO_URL: set it to your wiki's address",
  ),
  at(
    "an empty variable that must not be",
    "baseUrl: ${DEMO_URL:?set it}",
    "baseUrl needs the environment variable DEMO_URL: set it",
    { DEMO_URL: "" },
  ),
  at(
    "a missing variable of a credential",
    "apiToken: ${DEMO_TOKEN}",
    "apiToken needs the environment variable DEMO_TOKEN, which is not set. Set it, or keep the credential in a file: file:/path/to/secret.",
  ),
  at(
    "a missing variable by env:",
    "apiToken: env:DEMO_TOKEN",
    "apiToken needs the environment variable DEMO_TOKEN, which is not set. Set it, or keep the credential in a file: file:/path/to/secret.",
  ),
  at(
    "a reference never closed",
    'baseUrl: "${DEMO_URL"',
    "baseUrl has a ${ without its closing }. Write $${ for a literal ${.",
  ),
  at(
    "a reference in the shell's other form",
    "baseUrl: ${DEMO_URL-https://x.example}",
    "baseUrl has the reference ${DEMO_URL-https://x.example}, which is none of ${NAME}, ${NAME:-default} and ${NAME:?message}.",
  ),
  at(
    "a reference without a name",
    'baseUrl: "${}"',
    "baseUrl has the reference ${}, which is none of ${NAME}, ${NAME:-default} and ${NAME:?message}.",
  ),
  at(
    "a name that starts with a digit",
    "baseUrl: ${1URL}",
    "baseUrl has the reference ${1URL}, which is none of ${NAME}, ${NAME:-default} and ${NAME:?message}.",
  ),
  at(
    "a secret file that is not there",
    "apiToken: file:/nonexistent/token",
    "apiToken names the secret file /nonexistent/token, which does not exist.",
  ),
  at(
    "a secret file that is a folder",
    "apiToken: file:/usr",
    "apiToken names the secret file /usr, which is not a file.",
  ),
  at(
    "a secret of our own without a name",
    "apiToken: secret://",
    "apiToken has a reference that is not written secret://name.",
  ),
  at(
    "a path in vault without a field",
    "apiToken: vault:kv/x",
    "apiToken has a reference that is not written vault:mount/path#field.",
  ),
  at(
    "an aws secret with blanks",
    "apiToken: 'aws-sm:prod token'",
    "apiToken has a reference that is not written aws-sm:name#key.",
  ),
  at(
    "a command for a credential",
    "apiToken: exec:pass show x",
    "apiToken uses exec:, which headwater does not do: no configuration may start programs. What works: ${VARIABLE}, env:VARIABLE, file:/path/to/secret or secret://name.",
  ),
  at(
    "a time without a unit",
    "every: 10",
    'every must be a time of at least 1s, such as 30s, 10m, 2h or 1d, or "off", got 10. every: How often it is synced while headwater serves; off: only when asked.',
  ),
  at(
    "a time in words",
    "every: ten minutes",
    'every must be a time of at least 1s, such as 30s, 10m, 2h or 1d, or "off", got "ten minutes". every: How often it is synced while headwater serves; off: only when asked.',
  ),
  at(
    "no time at all",
    "every: 0.5s",
    'every must be a time of at least 1s, such as 30s, 10m, 2h or 1d, or "off", got "0.5s". every: How often it is synced while headwater serves; off: only when asked.',
  ),
  at(
    "a size in words",
    "limits: { itemBytes: large }",
    'limits.itemBytes must be a size such as 900KB, 25MB or 1GB, got "large". itemBytes: Larger files and attachments are listed but not read.',
  ),
  at(
    "a limit that is not known",
    "limits: { itemByte: 3MB }",
    'limits.itemByte is not known here. Did you mean "itemBytes"?',
  ),
  at(
    "a limit of nought",
    "limits: { runSeconds: 0 }",
    "limits.runSeconds must be at least 1, got 0. runSeconds: A sync stops cleanly after this time and goes on with the next one.",
  ),
  at(
    "a date the other way round",
    "since: 31.01.2024",
    'since must be a date such as 2024-01-31, got "31.01.2024". since: Items older than this are left out.',
  ),
  at(
    "a date that does not exist",
    "since: 2024-13-45",
    'since must be a date such as 2024-01-31, got "2024-13-45". since: Items older than this are left out.',
  ),
  at(
    "a schedule as one text",
    "schedule: '0 2 * * *'",
    'schedule must be a map such as { cron: "0 6 * * *" } or { window: "08:00-20:00" }, got "0 2 * * *". schedule: At which times it is synced while headwater serves.',
  ),
  at("a cron expression in the wrong place", "cron: '0 2 * * *'", 'cron is not known here. Did you mean "schedule"?'),
  at(
    "an unknown key of a schedule",
    "schedule: { cron: '0 2 * * *', timeZone: UTC }",
    'schedule.timeZone is not known here. Did you mean "timezone"?',
  ),
  {
    about: "cron and every at once",
    yaml: head("    every: 10m\n    schedule:\n      cron: '0 2 * * *'\n"),
    says: [
      "headwater.yaml:8: sources.notes.schedule.cron and sources.notes.every exclude each other: keep one of them.",
    ],
  },
  at(
    "a cron expression with a minute that does not exist",
    "schedule: { cron: '61 2 * * *' }",
    'schedule.cron must be five fields such as "0 6 * * 1-5" (minute, hour, day, month, weekday), got "61 2 * * *". Its minute cannot be 61.',
  ),
  at(
    "a cron expression with seconds",
    "schedule: { cron: '0 0 2 * * *' }",
    'schedule.cron must be five fields such as "0 6 * * 1-5" (minute, hour, day, month, weekday), got "0 0 2 * * *".',
  ),
  at(
    "a time in words",
    "schedule: { cron: every morning }",
    'schedule.cron must be five fields such as "0 6 * * 1-5" (minute, hour, day, month, weekday), got "every morning".',
  ),
  at(
    "a day that never comes",
    "schedule: { cron: '0 3 30 2 *' }",
    'schedule.cron never has a sync: no moment of "0 3 30 2 *" comes.',
  ),
  at(
    "a time outside its own window",
    "schedule: { cron: '0 3 * * *', window: '08:00-20:00' }",
    'schedule.cron never has a sync: no moment of "0 3 * * *" comes inside the window 08:00-20:00.',
  ),
  at(
    "a time zone that does not exist",
    "schedule: { cron: '0 3 * * *', timezone: Europe/Berln }",
    'schedule.timezone must be a time zone such as Europe/Berlin, got "Europe/Berln". Did you mean "Europe/Berlin"?',
  ),
  at(
    "a window that is none",
    "schedule: { window: 8-20 }",
    'schedule.window must be a part of the day such as "08:00-20:00" or "22:00-06:00", got "8-20". window: No sync begins by itself outside this part of the day; it may cross midnight. Also limits every.',
  ),
  at(
    "a window without room",
    "schedule: { window: '08:00-08:00' }",
    'schedule.window must be a part of the day such as "08:00-20:00" or "22:00-06:00", got "08:00-08:00". window: No sync begins by itself outside this part of the day; it may cross midnight. Also limits every.',
  ),
  at(
    "tags as one text",
    "tags: work",
    'tags must be a list, got "work". Write ["work"]. tags: Tags added to every item of the source.',
  ),
  at("an empty tag", 'tags: [""]', 'tags[0] must be a text that is not empty, got "".'),
  at(
    "a tenant with a space",
    "tenant: Acme Corp",
    'tenant must be small letters, digits and hyphens, got "Acme Corp". tenant: Whose source this is; tenants never see each other\'s items.',
  ),
  at(
    "enabled in words",
    "enabled: sometimes",
    'enabled must be true or false, got "sometimes". enabled: Whether it is synced; false keeps what it has.',
  ),
  {
    about: "no connector",
    yaml: "sources:\n  notes:\n    paths: [/x]\n",
    says: ['headwater.yaml:2: sources.notes needs "connector". Known connectors: demo.'],
  },
  {
    about: "type for connector",
    yaml: "sources:\n  notes:\n    type: demo\n    paths: [/x]\n",
    says: ['headwater.yaml:3: sources.notes.type is not known here. Did you mean "connector"?'],
  },
  {
    about: "a misspelt key for the connector",
    yaml: "sources:\n  notes:\n    paths: [/x]\n    conector: demo\n",
    says: ['headwater.yaml:4: sources.notes.conector is not known here. Did you mean "connector"?'],
  },
  {
    about: "a misspelt key for a misspelt connector",
    yaml: "sources:\n  notes:\n    paths: [/x]\n    conector: dmo\n",
    says: ['headwater.yaml:4: sources.notes.conector is not known here. Did you mean "connector"?'],
  },
  {
    about: "a name that is an address of headwater's own",
    yaml: "sources:\n  sources: { connector: demo, paths: [/x] }\n",
    says: [
      'headwater.yaml:2: "sources" cannot be the name of a source: headwater://sources is an address of headwater\'s own. Did you mean "my-sources"?',
    ],
  },
  {
    about: "fewer tokens than any answer fits into",
    yaml: "limits: { resultTokens: 500 }\n",
    says: [
      "headwater.yaml:1: limits.resultTokens must be at least 4000, got 500. resultTokens: The most tokens that one answer to an assistant holds; longer ones come in pages.",
    ],
  },
  {
    about: "a misspelt connector",
    yaml: "sources:\n  notes:\n    connector: demos\n    paths: [/x]\n",
    says: [
      'headwater.yaml:3: sources.notes.connector names "demos", which headwater does not know. Did you mean "demo"?',
    ],
  },
  {
    about: "a connector that does not exist",
    yaml: "sources:\n  notes:\n    connector: salesforce\n    every: soon\n",
    says: [
      'headwater.yaml:3: sources.notes.connector names "salesforce", which headwater does not know. Known connectors: demo.',
      'headwater.yaml:4: sources.notes.every must be a time of at least 1s, such as 30s, 10m, 2h or 1d, or "off", got "soon". every: How often it is synced while headwater serves; off: only when asked.',
    ],
  },
  {
    about: "a required option left out",
    yaml: "sources:\n  notes:\n    connector: demo\n",
    says: ['headwater.yaml:2: sources.notes needs "paths". paths: Folders to read.'],
  },
  {
    about: "an empty list where one entry is due",
    yaml: "sources:\n  notes:\n    connector: demo\n    paths: []\n",
    says: [
      "headwater.yaml:4: sources.notes.paths must be a list of at least 1 entry, got an empty list. paths: Folders to read.",
    ],
  },
  {
    about: "an entry with nothing in it",
    yaml: "sources:\n  notes:\n",
    says: ['headwater.yaml:2: sources.notes must be a map of keys with at least "connector", got nothing.'],
  },
  {
    about: "an entry that is a text",
    yaml: "sources:\n  notes: ~/Notes\n",
    says: ['headwater.yaml:2: sources.notes must be a map of keys with at least "connector", got "~/Notes".'],
  },
  {
    about: "a name with capitals and a space",
    yaml: "sources:\n  My Notes: { connector: demo, paths: [/x] }\n",
    says: [
      'headwater.yaml:2: "My Notes" cannot be the name of a source: names are small letters, digits and hyphens, at most 63. Did you mean "my-notes"?',
    ],
  },
  {
    about: "a name with a slash",
    yaml: "sources:\n  work/notes: { connector: demo, paths: [/x] }\n",
    says: [
      'headwater.yaml:2: "work/notes" cannot be the name of a source: names are small letters, digits and hyphens, at most 63. Did you mean "work-notes"?',
    ],
  },
  {
    about: "sources as a list",
    yaml: "sources:\n  - connector: demo\n    paths: [/x]\n",
    says: [
      "headwater.yaml:1: sources must be a map of keys, got a list. sources: The sources by name: one entry per account, vault or folder.",
    ],
  },
  {
    about: "accounts for sources",
    yaml: "version: 1\naccounts: {}\n",
    says: ['headwater.yaml:2: accounts is not known here. Did you mean "sources"?'],
  },
  {
    about: "a misspelt section",
    yaml: "version: 1\nsouces: {}\n",
    says: ['headwater.yaml:2: souces is not known here. Did you mean "sources"?'],
  },
  {
    about: "a later version",
    yaml: "version: 2\n",
    says: [
      "headwater.yaml:1: version must be 1, the only format this headwater reads, got 2. version: The version of this file's format.",
    ],
  },
  {
    about: "a file that is a list",
    yaml: "- a\n- b\n",
    says: [
      'headwater.yaml:1: The file must be a map of keys: "version: 1", then "sources:" with one entry per source.',
    ],
  },
  {
    about: "a file that is a text",
    yaml: "hello\n",
    says: [
      'headwater.yaml:1: The file must be a map of keys: "version: 1", then "sources:" with one entry per source.',
    ],
  },
  {
    about: "a tab",
    yaml: "sources:\n\tnotes: 1\n",
    says: ["headwater.yaml:2: this is not valid YAML: a tab is used to indent. Use spaces."],
  },
  {
    about: "a key twice",
    yaml: "sources:\n  a: { connector: demo, paths: [/x] }\n  a: { connector: demo, paths: [/y] }\n",
    says: ["headwater.yaml:3: this is not valid YAML: a key stands here twice in the same place. Keep one of them."],
  },
  {
    about: "a quotation mark left open",
    yaml: 'version: 1\ndata: "/srv\n',
    says: ["headwater.yaml:3: this is not valid YAML: a quotation mark is not closed."],
  },
  {
    about: "a bracket left open",
    yaml: "sources:\n  a: { connector: demo, paths: [/x }\n",
    says: ["headwater.yaml:2: this is not valid YAML: a [ or { is not closed."],
  },
  {
    about: "aliases that unfold to a bomb",
    yaml: `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n`,
    says: ["headwater.yaml: this is not valid YAML: its aliases unfold to too much."],
  },
  {
    about: "a port alone",
    yaml: "server: { http: { listen: '7800' } }\n",
    says: [
      'headwater.yaml:1: server.http.listen must be host:port, such as 127.0.0.1:7800, got "7800". listen: Address and port of headwater serve --http.',
    ],
  },
  {
    about: "port for listen",
    yaml: "server: { http: { port: 7800 } }\n",
    says: ['headwater.yaml:1: server.http.port is not known here. Did you mean "listen"?'],
  },
  {
    about: "a short token",
    yaml: "server: { http: { token: hunter2 } }\n",
    says: [
      "headwater.yaml:1: server.http.token must be a text of at least 16 characters, got another text. token: The bearer token every client must send; demanded as soon as the address is not loopback.",
    ],
  },
  {
    about: "a token entry without a token",
    yaml: "server:\n  http:\n    tokens:\n      - name: laptop\n",
    says: ['headwater.yaml:4: server.http.tokens[0] needs "token". token: What the client sends as its bearer token.'],
  },
  {
    about: "a principal without its kind",
    yaml: "server:\n  http:\n    tokens:\n      - { name: a, token: '${TOK}', principals: [marta] }\n",
    env: { TOK: "0123456789abcdef" },
    says: [
      'headwater.yaml:4: server.http.tokens[0].principals[0] must be "user:<email>" or "group:<id>", got "marta".',
    ],
  },
  {
    about: "a profile that does not exist",
    yaml: "server: { toolProfile: all }\n",
    says: [
      'headwater.yaml:1: server.toolProfile must be one of "standard", "per-source", got "all". toolProfile: Nine tools for all sources (standard), or test, list, search, sync and fetch for each source (per-source).',
    ],
  },
  {
    about: "concurrency out of range",
    yaml: "sync: { concurrency: 500 }\n",
    says: [
      "headwater.yaml:1: sync.concurrency must be at most 32, got 500. concurrency: Sources synced at the same time.",
    ],
  },
  {
    about: "an unknown key of sync",
    yaml: "sync: { interval: 5m }\n",
    says: ['headwater.yaml:1: sync.interval is not known here. Did you mean "every"?'],
  },
  {
    about: "cron and every at once for all sources",
    yaml: "sync:\n  every: 10m\n  schedule: { cron: '0 2 * * *' }\n",
    says: ["headwater.yaml:3: sync.schedule.cron and sync.every exclude each other: keep one of them."],
  },
  {
    about: "a window of one source that the times for all never meet",
    yaml: "sync: { schedule: { cron: '0 2 * * *' } }\nsources:\n  notes: { connector: demo, paths: [/x], schedule: { window: '08:00-20:00' } }\n",
    says: [
      'headwater.yaml:3: sources.notes.schedule.window never has a sync: no moment of "0 2 * * *" comes inside the window 08:00-20:00.',
    ],
  },
  {
    about: "a missing variable in the data folder",
    yaml: "data: ${HEADWATER_HOME}/data\n",
    says: [
      "headwater.yaml:1: data needs the environment variable HEADWATER_HOME, which is not set. Set it, or write ${HEADWATER_HOME:-default}.",
    ],
  },
  {
    about: "many at once, in the order of the lines",
    yaml: "version: 1\nserve: {}\nsources:\n  a: { connector: demo, pahts: [/x] }\n  b:\n    connector: dmo\n  c:\n    connector: demo\n    paths: [/x]\n    apiToken: ${NO_SUCH}\n",
    says: [
      'headwater.yaml:2: serve is not known here. Did you mean "server"?',
      'headwater.yaml:4: sources.a needs "paths". paths: Folders to read.',
      'headwater.yaml:4: sources.a.pahts is not known here. Did you mean "paths"?',
      'headwater.yaml:6: sources.b.connector names "dmo", which headwater does not know. Did you mean "demo"?',
      "headwater.yaml:10: sources.c.apiToken needs the environment variable NO_SUCH, which is not set. Set it, or keep the credential in a file: file:/path/to/secret.",
    ],
  },
];
