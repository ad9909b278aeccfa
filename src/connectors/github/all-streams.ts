import { codeStream } from "./code/code-stream.ts";
import { commentsStream, reviewCommentsStream } from "./comments.ts";
import { discussionsStream } from "./discussions.ts";
import { issuesStream } from "./issues.ts";
import { labelNamesStream } from "./label-names.ts";
import { pullsStream } from "./pulls.ts";
import { releasesStream } from "./releases.ts";
import { repositoryStream } from "./repository-stream.ts";
import type { Stream } from "./streams.ts";
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
