import { z } from "zod";
import { repositoryItem } from "../items.ts";
import type { Stream } from "../streams.ts";
import { describeAgain } from "./repositories.ts";

const State = z.object({ version: z.string() });

/** The repository itself, as its listing described it: costs no request. */
export const repositoryStream: Stream<z.output<typeof State>> = {
  name: "repository",
  title: "The description",
  permission: "Metadata: read",
  state: State,
  applies: () => true,
  async *pages(_ctx, repository, from) {
    const item = repositoryItem(repository);
    if (from.state?.version !== item.version) yield { upserts: [item], state: { version: item.version } };
  },
  async *ids(_ctx, repository) {
    yield [String(repository.id)];
  },
  async *entries() {},
  fetch: (ctx, repository, key) =>
    key === "" ? describeAgain(ctx, repository).then((now) => ({ item: repositoryItem(now) })) : undefined,
};
