import { type Twin, testConnector } from "../contract/connector.ts";
import { Ledger, type LedgerShape, ledgerConnector } from "../twins/ledger.ts";

const SHAPES: LedgerShape[] = [
  { feed: "listing" },
  { feed: "changes", scope: "container" },
  { feed: "edits", ids: true },
  { feed: "edits", lazy: true, scope: "container" },
  { feed: "listing", lazy: true },
];

for (const shape of SHAPES) {
  const connector = { ...ledgerConnector(shape), id: `ledger, ${JSON.stringify(shape)}` };
  testConnector(connector, async () => twinOf(new Ledger()));
}

function twinOf(ledger: Ledger): Twin {
  return {
    config: () => ({ ledger: ledger.name }),
    async seed() {
      ledger.seed(23);
      ledger.seed(9, "réserves");
      ledger.put('odd "name"/with\nnewline 🦆 ‮abc', "Der Graureiher stand im Schilf. 水車小屋");
    },
    expected: async () => new Map([...ledger.entries.values()].map((entry) => [entry.id, entry.text])),
    async add(text) {
      ledger.put("brand new", text);
      return "brand new";
    },
    async edit(id, text) {
      ledger.put(id, text, ledger.entries.get(id)?.folder);
      return id;
    },
    remove: async (id) => ledger.remove(id),
    close: async () => {},
  };
}
