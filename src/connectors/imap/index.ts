import { defineConnector } from "../kit/index.ts";
import { ImapApi } from "./api.ts";
import { imapAuth } from "./auth.ts";
import { coversMail } from "./covers.ts";
import { ImapCursor } from "./cursor.ts";
import { fetchMail } from "./fetch.ts";
import { idsOfMail, listMail } from "./list.ts";
import { hearNews } from "./live.ts";
import { locateMail } from "./locate.ts";
import { ImapConfig } from "./options.ts";
import { searchMail } from "./search.ts";
import { syncMailbox } from "./sync.ts";
import { testMailbox } from "./test-mailbox.ts";

/** Mailboxes of any provider: Gmail, iCloud, Fastmail, Outlook, Proton Bridge, a server of somebody's own. */
export const imap = defineConnector({
  id: "imap",
  title: "Mail over IMAP",
  summary: "Mail with its attachments, from Gmail, iCloud, Fastmail, Outlook or any other mailbox that speaks IMAP.",
  reference: "https://www.rfc-editor.org/rfc/rfc9051",
  config: ImapConfig,
  limits: { concurrency: 1 },
  auth: imapAuth,
  cursor: ImapCursor,
  scope: "source",
  feed: "changes",

  connect: ({ config }) => new ImapApi(config),
  close: (api) => api.close(),
  test: (ctx) => testMailbox(ctx),
  list: (ctx, parent) => listMail(ctx, parent),
  sync: (ctx, from) => syncMailbox(ctx, from),
  fetch: (ctx, id) => fetchMail(ctx, id),
  search: (ctx, query) => searchMail(ctx, query),
  ids: (ctx) => idsOfMail(ctx),
  live: (ctx) => hearNews(ctx),
  locate: (ctx, url) => locateMail(ctx, url),
  covers: (config, item) => coversMail(config, item),
});
