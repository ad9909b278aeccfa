import { z } from "zod";

/** `GET /repos/{r}/git/ref/heads/{branch}` */
export const Ref = z.object({ object: z.object({ sha: z.string() }) });

/** `GET /repos/{r}/git/trees/{tree-ish}`; `mode` tells files from links and submodules. */
export const Tree = z.object({
  tree: z.array(
    z.object({
      path: z.string(),
      mode: z.string(),
      type: z.string(),
      sha: z.string(),
      size: z.number().optional(),
    }),
  ),
  truncated: z.boolean().default(false),
});
export type Tree = z.output<typeof Tree>;

/** `GET /repos/{r}/compare/{base}...{head}` */
export const Comparison = z.object({
  status: z.string(),
  total_commits: z.number(),
  files: z
    .array(z.object({ filename: z.string(), status: z.string(), previous_filename: z.string().optional() }))
    .optional(),
});
export type Comparison = z.output<typeof Comparison>;

/** `GET /repos/{r}/readme` and `GET /repos/{r}/contents/{path}` of a file. */
export const Content = z.object({
  type: z.string(),
  path: z.string(),
  sha: z.string(),
  size: z.number(),
  /** "base64", or "none" above 1 MB. */
  encoding: z.string().nullish(),
  content: z.string().nullish(),
});
export type Content = z.output<typeof Content>;
