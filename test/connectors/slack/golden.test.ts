import { afterAll, beforeAll, expect, it } from "vitest";
import type { Message } from "../../twins/slack/model.ts";
import { GOLDEN_MESSAGES, type GoldenMessage } from "./golden-messages.ts";
import { SlackWorld } from "./world.ts";

let world: SlackWorld;
let ids: Record<string, string>;
const roots = new Map<string, Message>();

const filled = <T>(part: T): T =>
  JSON.parse(JSON.stringify(part).replace(/\{(ANA|BO|OPS|NETS|CREW)\}/g, (_, key: string) => ids[key] ?? key)) as T;
const at = (minutes: number) => new Date(Date.UTC(2026, 8, 1, 8) + minutes * 60_000);

beforeAll(async () => {
  world = await SlackWorld.open({ config: { includeBots: true, daysToSync: 100_000 } });
  const nets = world.twin.channel("nets");
  ids = { ANA: world.ana.id, BO: world.bo.id, OPS: world.ops.id, NETS: nets.id, CREW: "S0CREW" };
  world.twin.world.usergroups.set("S0CREW", { id: "S0CREW", name: "Weir crew", handle: "weir-crew", users: [] });
  for (const one of GOLDEN_MESSAGES) roots.set(one.name, written(one));
  await world.sync();
});
afterAll(() => world.close());

function written({ message, replies = [] }: GoldenMessage): Message {
  const { world: workspace } = world.twin;
  const { user = "{ANA}", text = "", ...more } = message;
  const author = user === null ? undefined : filled(user);
  const root = workspace.post(world.ops, author, filled(text), { ...filled(more), at: at(0) });
  for (const [index, reply] of replies.entries()) {
    const { user: who = "{BO}", text: said = "", afterMinutes = index + 1, ...rest } = reply;
    workspace.reply(world.ops, root, filled(who ?? ""), filled(said), { ...filled(rest), at: at(afterMinutes) });
  }
  return root;
}

it.each(GOLDEN_MESSAGES)("$name reads as it always did", async ({ name }) => {
  const root = roots.get(name) as Message;
  const item = await world.place.store.item("work", world.id(root), "everything");
  const { title, kind, fields, relations } = item ?? {};
  const head = JSON.stringify({ title, kind, fields, relations }, null, 1);
  const names = Object.entries(ids).filter(([key]) => key !== "CREW");
  const readable = (shown: string) => names.reduce((all, [key, id]) => all.replaceAll(id, key), shown);
  const shown = readable(`${head}\n\n${(await world.text(root)) ?? ""}\n`);
  await expect(shown).toMatchFileSnapshot(`../../golden/slack/${name.replaceAll(" ", "-")}.md`);
});
