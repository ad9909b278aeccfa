import { GithubTwin } from "../../twins/github/github-twin.ts";
import type { World } from "./world.ts";

const WEBHOOK_SECRET = "mill-hook-secret-5e0c3a41-77d2-4f0e-9a51-c6be0d3f8812";
/** From so many on, files come as one archive, from another host. */
const FILES = 220;

/** A repository with code, and a hook that tells of it. */
export async function openGithub(): Promise<World> {
  const twin = await GithubTwin.open({ contents: { code: true } });
  await twin.seed();
  const [repository] = twin.world.repositories.values();
  if (repository === undefined) throw new Error("The seed made no repository.");
  const gauges = Array.from({ length: FILES }, (_, at) => [`gauges/${at}.md`, `# Gauge ${at}\n\nBelow the weir.\n`]);
  repository.push({ message: "Describe the gauges", files: Object.fromEntries(gauges) });
  return {
    twin,
    options: { webhookSecret: WEBHOOK_SECRET },
    push: {
      by: "webhook",
      async begin(address, source) {
        twin.hooks.add(repository, `${address}/hooks/${source}`, { secret: WEBHOOK_SECRET });
        await twin.hooks.settled();
      },
    },
    shapes: {
      accessToken: (core) => `ghp_${core}`,
      privateKey: (core) => `-----BEGIN PRIVATE KEY-----\nMIIEvQ${core}\n-----END PRIVATE KEY-----`,
    },
    downloads: { faults: twin.faults, path: /\/(tarball|git\/blobs)\// },
    close: () => twin.close(),
  };
}
