import { afterEach, expect, it } from "vitest";
import { GOLDEN_MESSAGES } from "./golden-messages.ts";
import { SlackWorld } from "./world.ts";

let world: SlackWorld;
afterEach(() => world.close());

it.each(GOLDEN_MESSAGES)("$name reads as it always did", async ({ name, message, replies = [] }) => {
  world = await SlackWorld.open({ config: { includeBots: true, daysToSync: 100_000 } });
  const { world: workspace } = world.twin;
  const ids: Record<string, string> = {
    ANA: world.ana.id,
    BO: world.bo.id,
    OPS: world.ops.id,
    NETS: world.twin.channel("nets").id,
    CREW: "S0CREW",
  };
  workspace.usergroups.set("S0CREW", { id: "S0CREW", name: "Weir crew", handle: "weir-crew", users: [] });
  const filled = <T>(part: T): T =>
    JSON.parse(JSON.stringify(part).replace(/\{(ANA|BO|OPS|NETS|CREW)\}/g, (_, key: string) => ids[key] ?? key)) as T;
  const at = (minutes: number) => new Date(Date.UTC(2026, 8, 1, 8) + minutes * 60_000);
  const { user = "{ANA}", text = "", ...more } = message;
  const root = workspace.post(world.ops, user === null ? undefined : filled(user), filled(text), {
    ...filled(more),
    at: at(0),
  });
  for (const [index, reply] of replies.entries()) {
    const { user: who = "{BO}", text: said = "", afterMinutes = index + 1, ...rest } = reply;
    workspace.reply(world.ops, root, filled(who ?? ""), filled(said), { ...filled(rest), at: at(afterMinutes) });
  }
  await world.sync();
  const item = await world.place.store.item("work", world.id(root), "everything");
  const names = Object.entries(ids).filter(([key]) => key !== "CREW");
  const readable = (shown: string) => names.reduce((all, [key, id]) => all.replaceAll(id, key), shown);
  const { title, kind, fields, relations } = item ?? {};
  const head = JSON.stringify({ title, kind, fields, relations }, null, 1);
  const shown = readable(`${head}\n\n${(await world.text(root)) ?? ""}\n`);
  await expect(shown).toMatchFileSnapshot(`../../golden/slack/${name.replaceAll(" ", "-")}.md`);
});
