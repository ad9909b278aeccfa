import { codeStream } from "./code/code-stream.ts";
import { discussionsStream } from "./discussions/discussions.ts";
import { releasesStream } from "./releases.ts";
import { repositoryStream } from "./repositories/repository-stream.ts";
import type { Stream } from "./streams.ts";
import { commentsStream, reviewCommentsStream } from "./threads/comments.ts";
import { issuesStream } from "./threads/issues.ts";
import { labelNamesStream } from "./threads/label-names.ts";
import { pullsStream } from "./threads/pulls.ts";
import { wikiStream } from "./wiki/wiki-stream.ts";

/** In the order in which a sync walks them; each keeps a state of its own kind, which it checks itself. */
export const STREAMS = [
  repositoryStream,
  codeStream,
  labelNamesStream,
  issuesStream,
  pullsStream,
  commentsStream,
  reviewCommentsStream,
  discussionsStream,
  releasesStream,
  wikiStream,
] as readonly Stream[];
