import type { GoogleAccounts } from "../google/accounts.ts";
import { DOCUMENT } from "./model.ts";
import type { DriveWorld } from "./world.ts";

const MARTA = "marta@mill.example";
const ODD = [
  "Quotes \"and\" 'more'/with a slash.txt",
  "🦦 otter log 𝒎𝒊𝒍𝒍.txt",
  "يوميات الطاحونة.txt",
  "יומן הסכר.txt",
  "水車小屋の記録.txt",
  "back\\slash & <tag> %2F.txt",
  " leading and trailing .txt",
];

/** A small company's Drive: a folder tree, odd names, something shared from elsewhere, and a shared drive. */
export function seedDrive(world: DriveWorld, accounts: GoogleAccounts): void {
  const root = world.root(MARTA);
  accounts.person("ines@mill.example", "Inés Vega");
  let minute = 0;
  const at = () => new Date(Date.UTC(2025, 2, 1) + 60_000 * minute++).toISOString();
  for (let number = 1; number <= 12; number++)
    world.add({
      name: `Gauge ${number}.txt`,
      parent: root,
      content: `Gauge ${number} stood at ${40 + number} cm below the weir.`,
      at: at(),
    });
  for (const name of ODD) world.add({ name, parent: root, content: `Kept under the name ${name}`, at: at() });
  const projects = world.folder("Projects", root);
  const deep = world.folder("Sluice / gate", projects);
  const markdown = "# Mending the gate\n\nThe **oak** has to season until *May*.\n";
  world.add({
    name: "Mending the gate",
    mimeType: DOCUMENT,
    parent: deep,
    exports: { "text/markdown": markdown },
    at: at(),
  });
  world.add({
    name: "Costs.csv",
    mimeType: "text/csv",
    parent: deep,
    content: "part,euros\nhinge,120\nbolt,4\n".split("\n")[0] as string,
    at: at(),
  });
  const ines = world.root("ines@mill.example");
  const lent = world.add({ name: "Lent.txt", parent: ines, content: "Inés lent this to Marta.", at: at() });
  world.share(lent, MARTA);
  const house = world.add({ name: "House", mimeType: "application/vnd.google-apps.folder", parent: ines, at: at() });
  world.add({ name: "Never opened.txt", parent: house, content: "Found through its folder alone.", at: at() });
  world.share(house, MARTA);
  const drive = world.addDrive("Mill board", { [MARTA]: "organizer", "ines@mill.example": "writer" });
  for (let number = 1; number <= 6; number++)
    world.add({
      name: `Minutes ${number}.txt`,
      parent: drive.id,
      content: `The board met for the ${number}. time.`,
      at: at(),
    });
}
