/** The state of a workspace, in the documented shapes as far as the twin has them. */
export interface User {
  id: string;
  name: string;
  realName: string;
  email: string;
  isBot: boolean;
  isGuest: boolean;
  deleted: boolean;
}

export interface File {
  id: string;
  name: string;
  title: string;
  mimetype: string;
  user: string;
  created: number;
  content: Buffer;
  /** "hosted", "tombstone", "external", "hidden_by_limit"; canvases: "quip". */
  mode: string;
  /** Seconds since 1970 of the last edit. */
  updated?: number;
  isCanvas?: boolean;
  /** The channel whose own canvas it is: no message carries it. */
  ownCanvasOf?: string;
}

export interface Message {
  type: "message";
  ts: string;
  text: string;
  user?: string;
  subtype?: string;
  bot_id?: string;
  username?: string;
  thread_ts?: string;
  blocks?: object[];
  attachments?: object[];
  files?: string[];
  edited?: { user: string; ts: string };
  reactions?: { name: string; users: string[]; count: number }[];
  hidden?: boolean;
}

export interface Channel {
  id: string;
  kind: "public" | "private" | "im" | "mpim";
  name: string;
  previousNames: string[];
  created: number;
  archived: boolean;
  topic: string;
  purpose: string;
  members: Set<string>;
  isExternal: boolean;
  /** Its workspace in an organization, and the other ones that it is shared with. */
  team?: string;
  sharedTeams?: string[];
  /** By their ts; replies stand beside the roots. */
  messages: Map<string, Message>;
}

export interface Token {
  value: string;
  kind: "bot" | "user" | "app";
  user: string;
  scopes: Set<string>;
  revoked: boolean;
  /** Milliseconds since 1970. */
  expiresAt?: number;
  /** Good for all workspaces of the organization. */
  isOfOrganization?: boolean;
}

export const BOT_SCOPES = [
  "channels:read",
  "channels:history",
  "groups:read",
  "groups:history",
  "users:read",
  "users:read.email",
  "usergroups:read",
  "files:read",
  "team:read",
];
/** Of Real-time Search; for apps with Slack's AI features. */
export const SEARCH_SCOPES = ["public", "private", "im", "mpim", "files"].map((what) => `search:read.${what}`);
export const USER_SCOPES = [...BOT_SCOPES, "im:read", "im:history", "mpim:read", "mpim:history", "search:read"];

/** What goes with each kind of conversation. */
export const FAMILY = { public: "channels", private: "groups", im: "im", mpim: "mpim" } as const;
