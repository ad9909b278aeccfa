/** Shorter addresses are none of those that carry the reader's name along. */
const LEAST_TRACKED = 80;

/** Hosts and paths of the large services that count clicks. */
const COUNTER = /^https?:\/\/(?:[\w-]{1,60}\.){0,3}(?:clicks?|trk|tracking)\.|\/(?:track|ls|wf)\/click\b/i;

/** What no person chose as the name of anything; names of shared documents are shorter. */
const OPAQUE = /[\w=~-]{64,}/g;

const LINK = /\[((?:[^[\]\n]|\[[^[\]\n]{0,200}\]){0,300})\]\((https?:[^\s()]{1,4000})\)/g;
const PLAIN = /(?:: ?| ?[(<[] ?)?https?:\/\/[^\s()<>[\]"]{70,4000}(?: ?[)>\]])?/g;

/**
 * Markdown or plain text without the links that tell a sender who clicked: their words stay, pictures that were only
 * there to be clicked go. A last line says how many there were.
 */
export function withoutTracking(text: string): string {
  let count = 0;
  const take = (address: string, kept: string, whole: string) => {
    if (!isTracked(address)) return whole;
    count += 1;
    return kept;
  };
  const unlinked = text.replace(LINK, (whole: string, words: string, address: string) =>
    take(address, /^(?:\[Image: [^\]]*\]$|https?:)/.test(words) ? "" : words, whole),
  );
  const bare = unlinked.replace(PLAIN, (whole) => take(whole.slice(whole.indexOf("http")), "", whole));
  if (count === 0) return text;
  const note = count === 1 ? "[1 tracking link left out]" : `[${count} tracking links left out]`;
  const lines = bare.split("\n").map((line) => line.trimEnd());
  const close = lines.join("\n").replace(/\n{3,}/g, "\n\n");
  return `${close.trim()}\n\n${note}`;
}

function isTracked(address: string): boolean {
  if (address.length < LEAST_TRACKED) return false;
  if (COUNTER.test(address)) return true;
  return (address.match(OPAQUE) ?? []).some((run) => /\d/.test(run) && /[a-z]/.test(run) && /[A-Z]/.test(run));
}

/** "[ada@harbour.example](mailto:ada@harbour.example)" says everything twice. */
export function bareAddresses(markdown: string): string {
  return markdown.replace(
    /\[([^[\]\s]{3,254})\]\(mailto:([^\s()?]{3,254})\)/gi,
    (whole: string, shown: string, at: string) => (shown.toLowerCase() === at.toLowerCase() ? shown : whole),
  );
}
