/** A proof at its full number: a test file, what its environment says, and what the table calls it. */
export const PROOFS = [
  { file: "test/proof/kill.test.ts", env: { HEADWATER_KILLS: "300" } },
  { file: "test/proof/kill-folder.test.ts", env: { HEADWATER_KILLS: "100" } },
  { file: "test/connectors/kit/http/storm.test.ts", env: {} },
  { file: "test/proof/disk-full.test.ts", env: { HEADWATER_FULL_DISKS: "100" } },
  { file: "test/proof/corruption.test.ts", env: { HEADWATER_CORRUPTIONS: "100" } },
  { file: "test/proof/many-processes.test.ts", env: { HEADWATER_CROWD_SECONDS: "60" } },
  { file: "test/proof/paused-owner.test.ts", env: { HEADWATER_PAUSES: "50" } },
  { file: "test/proof/migration-kill.test.ts", env: { HEADWATER_MIGRATION_KILLS: "50" } },
  { file: "test/proof/token-renewal.test.ts", env: { HEADWATER_REFRESH_ROUNDS: "100" } },
  { file: "test/proof/restore.test.ts", env: { HEADWATER_BACKUPS: "10" } },
  { file: "test/tools/fuzz.test.ts", env: { HEADWATER_FUZZ: "10000" } },
  { file: "test/server/frames.test.ts", env: { HEADWATER_FRAMES: "10000" } },
  { file: "test/e2e/secrets.test.ts", env: {} },
  { file: "test/sources/sealed-file.test.ts", env: {} },
  { file: "test/proof/endings.test.ts", env: { HEADWATER_ENDINGS: "40" } },
  { file: "test/proof/hostile-text.test.ts", env: {} },
];
