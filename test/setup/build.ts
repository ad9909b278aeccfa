import { buildAll } from "../../scripts/build.mjs";

/** Worker threads and child processes run the built files, so every test run builds them first. */
export async function setup(): Promise<void> {
  await buildAll();
}
