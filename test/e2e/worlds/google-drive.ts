import { DriveTwin, MARTA } from "../../twins/google-drive/drive-twin.ts";
import type { World } from "./world.ts";

const WEBHOOK_SECRET = "drive-hook-secret-1f0a77c2-53b8-4d19-8e26-90b7c41d2a65";

/** Somebody's Drive with what others share and a shared drive; its channels post to headwater. */
export async function openGoogleDrive(): Promise<World> {
  const twin = await DriveTwin.open({ pageCap: 20 });
  await twin.seed();
  return {
    twin,
    options: { webhookSecret: WEBHOOK_SECRET },
    push: {
      by: "webhook",
      async begin(address, source) {
        const channel = {
          id: "kept-by-the-test",
          type: "web_hook",
          address: `${address}/hooks/${source}`,
          token: WEBHOOK_SECRET,
        };
        twin.channels.open(channel, MARTA, undefined, twin.origin);
        await twin.channels.settled();
      },
    },
    shapes: { accessToken: (core) => `ya29.${core}`, refreshToken: (core) => `1//${core}` },
    downloads: { faults: twin.faults, path: /alt=media|\/export\?/ },
    close: () => twin.close(),
  };
}
