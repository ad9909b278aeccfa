import { FolderTwin } from "../../twins/folder.ts";
import type { World } from "./world.ts";

/** A folder on this machine. */
export async function openFiles(): Promise<World> {
  const twin = new FolderTwin();
  await twin.seed();
  return { twin, options: { watch: true }, push: { by: "live" }, close: () => twin.close() };
}
