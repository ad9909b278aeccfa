import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/setup/build.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    // Nobody's own keychain is touched.
    env: { HEADWATER_KEYCHAIN: "off" },
    // Many tests start processes; a busy machine may miss one wait. What fails twice has failed.
    retry: process.env.CI ? 1 : 0,
  },
});
