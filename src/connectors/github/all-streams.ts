import { commentsStream, reviewCommentsStream } from "./comments.ts";
import { discussionsStream } from "./discussions.ts";
import { issuesStream } from "./issues.ts";
import { pullsStream } from "./pulls.ts";
import { repositoryStream } from "./repository-stream.ts";
import type { Stream } from "./streams.ts";

/** In the order in which a sync walks them. */
export const STREAMS: readonly Stream[] = [
  repositoryStream,
  issuesStream,
  pullsStream,
  commentsStream,
  reviewCommentsStream,
  discussionsStream,
] as Stream[];
