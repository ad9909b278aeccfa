interface Written {
  /** By default Ana for what begins a conversation, Bo for what answers it; null: nobody. */
  user?: string | null;
  text?: string;
  afterMinutes?: number;
  [field: string]: unknown;
}

export interface GoldenMessage {
  name: string;
  message: Written;
  replies?: Written[];
}

const rich = (...elements: object[]) => [{ type: "rich_text", block_id: "x", elements }];
const section = (...elements: object[]) => ({ type: "rich_text_section", elements });
const text = (words: string, style?: object) => ({ type: "text", text: words, ...(style && { style }) });

/** Believable messages, with what their conversion must keep. {ANA}, {BO}, {OPS}, {NETS} and {CREW} are ids. */
export const GOLDEN_MESSAGES: GoldenMessage[] = [
  {
    name: "plain markup",
    message: {
      text: "*Gate 3* is _half_ open, ~not stuck~. Ask <@{BO}> or <!subteam^{CREW}|@weir-crew>, see <#{NETS}|nets> &amp; <https://weir.example/gates?id=3&amp;x=1|the sheet>.\n&gt; as agreed\n• long bar\n• oil\n2 * 3 * 4 stays, snake_case_too. <!here> <mailto:ana@weirworks.example|ana@weirworks.example> <!date^1760000000^{date}|9 October>",
    },
  },
  {
    name: "code",
    message: {
      text: 'Run `gauge --read *all*` then:\n```\nfor gate in 1 2 3; do\n  echo "&lt;$gate&gt; *not bold*"\ndone\n```\nand _look_.',
    },
  },
  {
    name: "rich text",
    message: {
      text: "fallback",
      blocks: rich(
        section(
          text("Plan for "),
          { type: "channel", channel_id: "{NETS}" },
          text(", by "),
          { type: "user", user_id: "{BO}" },
          text(": "),
          text("do not", { bold: true, italic: true }),
          text(" skip "),
          { type: "emoji", name: "wave", unicode: "1f44b" },
          { type: "emoji", name: "weirbadge" },
          text(" see "),
          { type: "link", url: "https://weir.example/a b", text: "the plan" },
        ),
        {
          type: "rich_text_list",
          style: "ordered",
          indent: 0,
          elements: [section(text("Drain the pool")), section(text("Net the fish"))],
        },
        {
          type: "rich_text_list",
          style: "bullet",
          indent: 1,
          elements: [section(text("gently")), section(text("twice", { strike: true }))],
        },
        {
          type: "rich_text_list",
          style: "ordered",
          indent: 0,
          offset: 2,
          elements: [section(text("Fill it "), text("slowly", { code: true }))],
        },
        { type: "rich_text_quote", elements: [text("Slow is smooth,\nsmooth is fast.")] },
        { type: "rich_text_preformatted", elements: [text('pool = 14\nstep = "20 cm" ```')] },
        section(
          text("# not a heading\nDone by "),
          { type: "date", timestamp: 1760000000, format: "{date}", fallback: "9 October" },
          { type: "broadcast", range: "channel" },
          { type: "usergroup", usergroup_id: "{CREW}" },
        ),
      ),
    },
  },
  {
    name: "right to left and scripts",
    message: { text: "שלום <@{BO}>, המפלס ירד ב־*3* ס״מ 🌊\n水位計の電池を交換しました。\nمرحبا، البوابة _مفتوحة_" },
    replies: [{ text: "👍🏽 תודה!" }, { text: "👨‍👩‍👧‍👦 see you Saturday" }],
  },
  {
    name: "bot with blocks",
    message: {
      user: null,
      subtype: "bot_message",
      bot_id: "B0GAUGE",
      username: "Gauge Alarm",
      text: "Alarm: lower gauge",
      blocks: [
        { type: "header", text: { type: "plain_text", text: "Lower gauge :rotating_light:" } },
        {
          type: "section",
          text: { type: "mrkdwn", text: "*91 cm*, rising. <https://gauge.example/7|Chart>" },
          fields: [
            { type: "mrkdwn", text: "*Limit*\n85 cm" },
            { type: "plain_text", text: "Duty: Ana" },
          ],
          accessory: { type: "button", text: { type: "plain_text", text: "Acknowledge" }, action_id: "ack" },
        },
        { type: "divider" },
        {
          type: "image",
          image_url: "https://gauge.example/7.png",
          alt_text: "the level over six hours",
          title: { type: "plain_text", text: "Six hours" },
        },
        {
          type: "table",
          rows: [
            [
              { type: "raw_text", text: "Gate" },
              { type: "raw_text", text: "Open | shut" },
            ],
            [
              { type: "raw_text", text: "3" },
              { type: "rich_text", elements: [section(text("half"))] },
            ],
          ],
        },
        {
          type: "context",
          elements: [
            { type: "mrkdwn", text: "Sent by *gauge-7*" },
            { type: "image", image_url: "https://x.example/i.png", alt_text: "logo" },
          ],
        },
        { type: "actions", elements: [{ type: "button", text: { type: "plain_text", text: "Silence" } }] },
        { type: "markdown", text: "## Next steps\n- look" },
      ],
    },
    replies: [{ text: "On my way." }],
  },
  {
    name: "attachments",
    message: {
      user: null,
      bot_id: "B0TRACK",
      bot_profile: { id: "B0TRACK", name: "Tracker" },
      text: "",
      attachments: [
        {
          id: 1,
          pretext: "New ticket",
          author_name: "Ana Ruiz",
          title: "WEIR-12 Sluice stuck",
          title_link: "https://tracker.example/12",
          text: "It *sticks* halfway.",
          fields: [
            { title: "Status", value: "open", short: true },
            { title: "Gate", value: "3", short: true },
          ],
          footer: "Tracker",
          fallback: "WEIR-12",
        },
        { id: 2, fallback: "Level 91 cm" },
        {
          id: 3,
          blocks: [{ type: "section", text: { type: "mrkdwn", text: "From _blocks_" } }],
          fallback: "[no preview]",
        },
      ],
    },
  },
  {
    name: "links and reactions",
    message: {
      text: "As in <https://weirworks.slack.com/archives/C0OTHER/p1700000000000100> and <https://weirworks.slack.com/archives/{NETS}/p1700000009000100?thread_ts=1700000000.000100&amp;cid={NETS}|the thread>. <https://weir.example/a_(b)|Wiki (b)>",
      reactions: [
        { name: "+1", users: ["{BO}"], count: 3 },
        { name: "eyes", users: ["{BO}"], count: 1 },
      ],
      edited: { user: "{ANA}", ts: "1788252300.000000" },
    },
  },
  {
    name: "a deleted beginning",
    message: { user: "USLACKBOT", subtype: "tombstone", hidden: true, text: "This message was deleted." },
    replies: [{ text: "Well, now we know." }],
  },
  {
    name: "a long thread",
    message: { text: "Log of the night watch, everybody please write here" },
    replies: Array.from({ length: 24 }, (_, at) => ({
      user: at % 2 === 0 ? "{ANA}" : "{BO}",
      text: `Round ${at + 1}: ${80 + at} cm, all gates as they were.`,
      afterMinutes: (at + 1) * 130,
    })),
  },
  { name: "no words", message: { text: "" }, replies: [{ text: "?" }] },
];
