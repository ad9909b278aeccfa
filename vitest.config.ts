import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/setup/build.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Half of their time tests wait for a process, a lease, a clock: two at a time for each of two processors.
    maxWorkers: 4,
    // Nobody's own keychain is touched.
    env: { HEADWATER_KEYCHAIN: "off" },
    // Many tests start processes; a busy machine may miss one wait. What fails twice has failed.
    retry: process.env.CI ? 1 : 0,
  },
});
