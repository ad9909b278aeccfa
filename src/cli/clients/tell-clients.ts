import type { Problem } from "../../model/index.ts";
import { EXIT } from "../failure.ts";
import type { Session } from "../session.ts";
import { table } from "../table.ts";
import { shortLine } from "../terminal.ts";
import { FILE_CLIENTS } from "./clients.ts";
import type { Outcome, SetUp } from "./set-up.ts";

export interface Refusal {
  client: string;
  title: string;
  problem: Problem;
}

const WORDS: Readonly<Record<Outcome, string>> = {
  added: "added",
  updated: "updated",
  unchanged: "there already",
  removed: "removed",
  restored: "removed",
  absent: "was not there",
};

/** Tells what was done and answers the exit code: partly done when some files were refused, an error when all were. */
export function finishClients(
  session: Session,
  done: readonly SetUp[],
  refused: readonly Refusal[],
  command: "install" | "uninstall",
): number {
  if (session.globals.json) session.terminal.json({ clients: done, refused });
  else {
    tellClients(session, done, refused);
    if (command === "install") tellAfterwards(session, done);
    else if (done.length + refused.length === 0) session.terminal.line("No assistant's file names headwater.");
  }
  if (refused.length === 0) return EXIT.ok;
  return done.length > 0 ? EXIT.partial : EXIT.error;
}

/** One line a client, and the refusals beside the answer. */
export function tellClients(session: Session, done: readonly SetUp[], refused: readonly Refusal[]): void {
  const { green, dim } = session.terminal.style;
  for (const line of table(done.map((one) => [green(WORDS[one.outcome]), one.title, dim(one.file)])))
    session.terminal.line(line);
  for (const { backup } of done.filter(({ outcome }) => outcome === "added" || outcome === "removed"))
    if (backup !== undefined) session.terminal.line(dim(`The file as it was before headwater: ${backup}`));
  for (const { title, problem } of refused)
    session.terminal.note(`${title}: ${problem.message}${problem.hint ? `\n  ${problem.hint}` : ""}`);
}

function tellAfterwards(session: Session, done: readonly SetUp[]): void {
  const fresh = done.filter(({ outcome }) => outcome === "added" || outcome === "updated");
  for (const { client, title } of fresh) {
    const next = FILE_CLIENTS.find(({ id }) => id === client)?.afterwards ?? "";
    session.terminal.line(`${title}: ${shortLine(next, 120)}`);
  }
  if (fresh.length > 0) session.terminal.line("Take it out again with: headwater uninstall");
}
