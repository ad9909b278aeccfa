import type { GithubTwin } from "./github-twin.ts";
import type { Repository } from "./repository.ts";

const PEOPLE = ["marta-quill", "otter-keeper", "jonas-weir", "水車", "dependabot[bot]"] as const;

const README = "# Handbook of the mill 🦦\n\nStart with the gauges; the gates come after.\n";

const ODD_TITLES = [
  'Sluice gate sticks at 100% & won\'t "close" <fully>',
  "Ägidius meldet: Mühlgraben läuft über 🦦",
  "水車小屋の前の水位計が止まった",
  "التقرير الأسبوعي عن مستوى الماء",
  "A title with `code`, *stars* and [brackets](https://example.org/?a=1&b=2)",
  "    spaces around    ",
] as const;

/** A small workshop's repository: issues with odd names, threads, reviews, and more than one page of each. */
export function seedWorkshop(twin: GithubTwin): Repository {
  twin.world.organization("millrace", ["marta-quill", "otter-keeper"]);
  const repository = twin.repository("millrace/handbook", {
    description: "How the mill is kept running: gauges, gates and the people who mind them.",
    language: "Markdown",
    topics: ["mill", "water"],
    stars: 12,
    license: { key: "cc-by-4.0", name: "Creative Commons Attribution 4.0", spdx: "CC-BY-4.0" },
    hasWiki: false,
    at: "2024-02-01T08:00:00Z",
  });
  repository.push({
    message: "Begin the handbook",
    files: { "README.md": README, "gates/gate-0.md": "# Gate 0\n\nOpens inwards.\n" },
    at: "2024-02-01T08:05:00Z",
  });
  for (let day = 0; day < 24; day++) openIssue(repository, day);
  for (const [at, title] of ODD_TITLES.entries()) {
    repository.issues.open({ title, body: `${title}\n\nSeen at gauge ${at}, see #${at + 1}.`, at: moment(40 + at) });
  }
  addConversations(repository);
  addPulls(repository);
  addDiscussions(repository);
  return repository;
}

/** So many issues and comments, one each half hour, with believable words; the comments are spread over the issues. */
export function seedLarge(
  twin: GithubTwin,
  fullName: string,
  counts: { issues: number; comments: number },
): Repository {
  const repository = twin.repository(fullName, {
    description: "Every entry since the mill was built.",
    hasDiscussions: false,
    hasWiki: false,
    at: "2023-01-01T00:00:00Z",
  });
  const when = (at: number) => new Date(Date.UTC(2023, 0, 2) + at * 1_800_000).toISOString().replace(".000Z", "Z");
  for (let at = 0; at < counts.issues; at++) {
    repository.issues.open({
      title: `Entry ${at}: the ${at % 2 === 0 ? "upper" : "lower"} sluice`,
      body: `Entry ${at} of the ledger. The gauge stood at ${80 + (at % 90)} cm; the miller noted clear water and some weed in the rack.`,
      user: PEOPLE[at % PEOPLE.length] as string,
      labels: at % 10 === 0 ? ["gauge"] : [],
      at: when(at),
    });
  }
  for (let at = 0; at < counts.comments; at++) {
    repository.comments.add((at % counts.issues) + 1, {
      body: `Note ${at}: raked the weed out, ${at % 7} barrows of it.`,
      user: PEOPLE[(at + 1) % PEOPLE.length] as string,
      at: when(counts.issues + at),
    });
  }
  return repository;
}

function openIssue(repository: Repository, day: number): void {
  const issue = repository.issues.open({
    title: `Gauge reading of day ${day}`,
    body: `On day ${day} the gauge below the weir stood at ${100 + day} cm, and the leat ran clear.`,
    user: PEOPLE[day % PEOPLE.length] as string,
    labels: day % 3 === 0 ? ["gauge", "needs: a look 👀"] : [],
    ...(day % 5 === 0 && { milestone: "Spring maintenance", assignees: ["otter-keeper"] }),
    at: moment(day),
  });
  if (day % 4 === 0) {
    repository.issues.close(issue.number, { reason: day % 8 === 0 ? "completed" : "not_planned", at: moment(day + 1) });
  }
  if (day === 9) repository.issues.adopt(8, issue.number, moment(30));
}

function addConversations(repository: Repository): void {
  for (let at = 0; at < 25; at++) {
    repository.comments.add(10 + (at % 4), {
      body: `Remark ${at}: the sluice was opened by ${at + 1} notches. 🛠️`,
      user: PEOPLE[(at + 1) % PEOPLE.length] as string,
      at: moment(60 + at),
    });
  }
}

function addPulls(repository: Repository): void {
  for (let at = 0; at < 12; at++) {
    const pull = repository.pulls.open({
      title: `Describe gate ${at}`,
      body: `Adds the page of gate ${at}. Closes #${at + 3}.`,
      user: "jonas-weir",
      head: `gate-${at}`,
      draft: at % 4 === 3,
      reviewers: ["otter-keeper"],
      at: moment(100 + at),
    });
    if (at % 3 !== 0) continue;
    const review = repository.reviews.submit(pull.number, {
      body: `Gate ${at} opens inwards, not outwards.`,
      user: "otter-keeper",
      state: at % 2 === 0 ? "CHANGES_REQUESTED" : "APPROVED",
      at: moment(120 + at),
    });
    const remark = repository.reviews.comment(pull.number, {
      body: `This line calls gate ${at} a door.`,
      user: "otter-keeper",
      path: `gates/gate-${at}.md`,
      line: 3,
      review: review.id,
      at: moment(120 + at),
    });
    repository.reviews.comment(pull.number, {
      body: "Mended.",
      user: "jonas-weir",
      inReplyTo: remark.id,
      at: moment(140 + at),
    });
    repository.comments.add(pull.number, { body: `Thanks for gate ${at}!`, at: moment(150 + at) });
    if (at === 6) repository.pulls.merge(pull.number, { by: "otter-keeper", at: moment(155) });
  }
}

function addDiscussions(repository: Repository): void {
  for (let at = 0; at < 3; at++) {
    const discussion = repository.discussions.open({
      title: `Should gate ${at} have a name?`,
      body: `People keep asking for the name of gate ${at}. 🏷️`,
      category: at === 0 ? "Q&A" : "Ideas",
      user: "otter-keeper",
      at: moment(200 + at),
    });
    const comment = repository.discussions.comment(discussion.number, {
      body: `Call it Old Meg ${at}.`,
      user: "水車",
      at: moment(210 + at),
    });
    repository.discussions.comment(discussion.number, {
      body: `Meg ${at} it is.`,
      to: comment.id,
      at: moment(220 + at),
    });
    if (at === 0) repository.discussions.answer(discussion.number, comment.id, moment(230));
  }
}

/** Moments of 2025, an hour apart, so that nothing of a seed is newer than what a test does. */
function moment(hour: number): string {
  return new Date(Date.UTC(2025, 0, 6, 7) + hour * 3_600_000).toISOString().replace(".000Z", "Z");
}
