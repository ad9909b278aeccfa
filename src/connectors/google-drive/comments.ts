import { ConnectorError, type Draft } from "../kit/index.ts";
import { asking, type DriveContext, digestOf, type Place } from "./api.ts";
import { FOLDER, SHORTCUT } from "./formats.ts";
import { nextPage } from "./places.ts";
import { Comment, CommentList, type DriveFile, type Person } from "./schema.ts";

const PEOPLE = "author(displayName,emailAddress,permissionId)";
const COMMENT_FIELDS = `id,${PEOPLE},content,createdTime,modifiedTime,deleted,resolved,quotedFileContent,replies(${PEOPLE},content,createdTime,deleted)`;
const MARK = "#comment-";

/** The comments of a file, each with its replies, and the ids of those that were deleted. */
export async function commentsOf(
  ctx: DriveContext,
  place: Place,
  file: DriveFile,
  item: Draft,
): Promise<{ upserts: Draft[]; deletes: string[] }> {
  const found: { upserts: Draft[]; deletes: string[] } = { upserts: [], deletes: [] };
  if (!ctx.config.includeComments || file.mimeType === FOLDER || file.mimeType === SHORTCUT) return found;
  const fields = `nextPageToken,comments(${COMMENT_FIELDS})`;
  const first = asking(place.realm, `/files/${encodeURIComponent(file.id)}/comments`, {
    pageSize: 100,
    includeDeleted: true,
    fields,
  });
  try {
    const pages = ctx.http.pages(first, CommentList, ({ body }) => nextPage(first, body.nextPageToken));
    for await (const { body } of pages)
      for (const comment of body.comments) {
        if (comment.deleted) found.deletes.push(commentId(file.id, comment.id));
        else found.upserts.push(commentDraft(comment, item));
      }
  } catch (thrown) {
    const { kind } = ConnectorError.from(thrown);
    if (kind !== "permission" && kind !== "not_found" && kind !== "unsupported") throw thrown; // it has none for us
  }
  return found;
}

export function commentId(file: string, comment: string): string {
  return `${file}${MARK}${comment}`;
}

/** The file and the comment behind an id; undefined when it is not a comment's. */
export function splitCommentId(id: string): { file: string; comment: string } | undefined {
  const at = id.indexOf(MARK);
  return at <= 0 ? undefined : { file: id.slice(0, at), comment: id.slice(at + MARK.length) };
}

export async function fetchComment(ctx: DriveContext, place: Place, item: Draft, comment: string): Promise<Draft> {
  const path = `/files/${encodeURIComponent(item.id)}/comments/${encodeURIComponent(comment)}`;
  const { body } = await ctx.http.json(asking(place.realm, path, { fields: COMMENT_FIELDS }), Comment);
  return commentDraft(body, item);
}

function commentDraft(comment: Comment, item: Draft): Draft {
  const text = textOf(comment);
  const described: Omit<Draft, "version"> = {
    id: commentId(item.id, comment.id),
    kind: "comment",
    title: `Comment on ${item.title}`,
    parent: item.id,
    text,
    authors: [`user:${nameOf(comment.author)}`],
    fields: {
      resolved: comment.resolved === true,
      replies: (comment.replies ?? []).filter((one) => !one.deleted).length,
    },
    ...(item.container !== undefined && { container: item.container }),
    ...(item.url !== undefined && { url: withComment(item.url, comment.id) }),
    ...(comment.createdTime && { createdAt: comment.createdTime }),
    ...(comment.modifiedTime && { updatedAt: comment.modifiedTime }),
    ...(item.access !== undefined && { access: item.access }),
  };
  return { ...described, version: digestOf(described) };
}

function withComment(link: string, id: string): string {
  const url = new URL(link);
  url.searchParams.set("disco", id);
  return url.href;
}

/** The words it is about, what was said, and the answers, as one conversation. */
function textOf({ quotedFileContent, content, replies }: Comment): string {
  const quoted = quotedFileContent?.value ? [`> ${plain(quotedFileContent.value).replaceAll("\n", "\n> ")}`] : [];
  const answers = (replies ?? []).flatMap((reply) =>
    reply.deleted || !reply.content ? [] : [`**${nameOf(reply.author)}**: ${reply.content}`],
  );
  return [...quoted, content ?? "", ...answers].filter((part) => part !== "").join("\n\n");
}

/** Quoted words come as HTML text. */
function plain(html: string): string {
  const signs: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => signs[name] as string);
}

/** Drive tells the names of those who comment, rarely their addresses. */
function nameOf(person: Person | null | undefined): string {
  return person?.displayName ?? person?.emailAddress ?? "somebody";
}
