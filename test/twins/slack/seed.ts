import type { SlackTwin } from "./slack-twin.ts";

const SAID = [
  "The sluice at Weir 3 is stuck half open again, can somebody bring the long bar?",
  "Level at the lower gauge: 84 cm and rising slowly.",
  "Reminder: the towpath is closed between the mill and the old bridge until Friday.",
  "שלום לכולם, המפלס ירד בלילה בשלושה סנטימטרים",
  "Die Turbine läuft wieder 🎉 Danke an alle, die am Samstag geholfen haben!",
  "Who has the key to the gauge house? 🔑",
  "水位計の電池を交換しました。次の点検は来月です。",
  "The council approved the fish ladder. Drawings are with Ana.",
];

/** A workspace of people who look after a river: several pages, several scripts, threads, files, a bot. */
export function seedWorkspace({ world, bot, person }: SlackTwin): void {
  const ana = world.user("ana.ruiz", "Ana Ruiz");
  const bo = world.user("bo.lind", "Bo Lind");
  const noor = world.user("noor.haddad", "נור חדאד");
  const everybody = new Set([bot.id, person.id, ana.id, bo.id, noor.id]);
  const ops = world.channel("field-ops", {
    topic: "What happens at the weirs",
    purpose: "Gates, gauges and towpaths",
    members: everybody,
  });
  const nets = world.channel("fische-und-netze", { topic: "Fish ladder & nets", members: new Set(everybody) });
  world.channel("secret-plans", { kind: "private", members: new Set([person.id]) });
  world.channel("not-invited", { members: new Set([person.id]) });
  const people = [person, ana, bo, noor];
  const minutesAgo = (minutes: number) => new Date(world.now().getTime() - minutes * 60_000);
  for (let at = 0; at < 18; at++) {
    const who = people[at % people.length] ?? person;
    world.post(ops, who.id, `${SAID[at % SAID.length]} (${at})`, { at: minutesAgo(60 * 24 * 20 - at * 700) });
  }
  for (let at = 0; at < 8; at++)
    world.post(nets, people[(at + 1) % 4]?.id, `Net ${at} was <https://nets.example/${at}|mended> & hung up to *dry*`, {
      at: minutesAgo(60 * 24 * 9 - at * 300),
    });
  world.post(ops, bo.id, `<@${bo.id}> has joined the channel`, { subtype: "channel_join", at: minutesAgo(9000) });
  const roots = [...nets.messages.values()];
  for (const [at, root] of roots.slice(0, 3).entries())
    for (let reply = 0; reply < 3 + at; reply++)
      world.reply(
        nets,
        root,
        people[reply % 4]?.id as string,
        `Answer ${reply} to net ${at}: use the <#${ops.id}|field-ops> shed.`,
        { at: minutesAgo(3000 - reply) },
      );
  const plan = world.file("fish ladder ✓.md", "# Fish ladder\n\nFourteen pools, each 20 cm above the last.\n", ana.id);
  world.post(nets, ana.id, "The plan of the ladder", { files: [plan.id], subtype: "file_share", at: minutesAgo(2000) });
  const rota = `<h1>Rota</h1><p class="line">Weir 3 is looked after by Ana &amp; Bo.</p>`;
  world.canvas("Untitled", rota, ana.id, { ownOf: ops });
  world.post(ops, undefined, "Gauge alarm: 91 cm", {
    subtype: "bot_message",
    bot_id: "B0GAUGE001",
    username: "Gauge Alarm",
    at: minutesAgo(1500),
  });
}
