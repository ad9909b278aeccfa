import type { FoundFolder } from "./find-folders.ts";

/** Which of the folders found here are indexed: asked on a terminal, else the vaults. Undefined: the person left. */
export async function chooseFolders(
  found: readonly FoundFolder[],
  asks: boolean,
  signal: AbortSignal,
): Promise<readonly FoundFolder[] | undefined> {
  const vaults = found.filter((folder) => folder.what === "vault");
  if (!asks || found.length === 0) return vaults;
  const { isCancel, multiselect } = await import("@clack/prompts");
  const answer = await multiselect({
    message: "Index which? Nothing leaves this machine. Space to choose, Enter when done.",
    options: found.map((folder) => ({
      value: folder,
      label: `${folder.path}${folder.what === "vault" ? "  (Obsidian vault)" : ""}`,
    })),
    initialValues: vaults,
    required: false,
    signal,
  });
  return isCancel(answer) ? undefined : answer;
}
