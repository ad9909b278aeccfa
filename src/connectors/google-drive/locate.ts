import { ConnectorError } from "../kit/index.ts";
import { commentIn, idIn, isDriveHost, resourceKeyIn } from "./addresses.ts";
import type { DriveContext } from "./api.ts";
import { commentId } from "./comments.ts";
import { findAnywhere } from "./fetch.ts";

/** The id behind any address of Drive and of its editors, if this source may see what it leads to. */
export async function locate(ctx: DriveContext, url: string): Promise<string | undefined> {
  if (!URL.canParse(url) || !isDriveHost(new URL(url).hostname)) return undefined;
  const id = idIn(url);
  if (id === undefined) return undefined;
  const key = resourceKeyIn(url);
  if (key !== undefined) ctx.api.resourceKeys.set(id, key);
  try {
    const { file } = await findAnywhere(ctx, id);
    const comment = commentIn(url);
    return comment === undefined ? file.id : commentId(file.id, comment);
  } catch (thrown) {
    if (ConnectorError.from(thrown).kind === "not_found") return undefined;
    throw thrown;
  }
}
