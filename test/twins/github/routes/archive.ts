import type { Codeload } from "../codeload.ts";
import { notFound, type Route } from "../exchange.ts";
import { commitOf, notEmpty } from "./git.ts";

/** Archives are given out by another host, to which the answer leads. */
export function archiveRoutes(codeload: Codeload): readonly Route[] {
  return [
    {
      method: "GET",
      template: "/repos/{owner}/{repo}/tarball/{ref}",
      needs: ["contents"],
      answer(call) {
        notEmpty(call);
        const commit = commitOf(call, call.params.ref as string);
        if (commit === undefined) throw notFound();
        return { status: 302, headers: { location: codeload.sign(call.repository, commit.sha) } };
      },
    },
  ];
}
