import { SlackTwin } from "../../twins/slack/slack-twin.ts";
import type { World } from "./world.ts";

/** A workspace with the app in its channels; Socket Mode tells what happens there. */
export async function openSlack(): Promise<World> {
  const twin = await SlackTwin.open();
  await twin.seed();
  return {
    twin,
    options: { appToken: twin.appToken.value },
    push: { by: "live" },
    shapes: {
      botToken: (core) => `xoxb-${core}`,
      userToken: (core) => `xoxp-${core}`,
      appToken: (core) => `xapp-1-${core}`,
    },
    downloads: { faults: twin.faults, path: /\/files-pri\// },
    close: () => twin.close(),
  };
}
