/** A text without the earlier mail quoted at its end, and how many lines of it were left out. */
export interface Unquoted {
  text: string;
  lines: number;
}

/** Fewer lines are no history but an answer's context. */
const LEAST_LINES = 4;

/** How mail programs introduce what they quote below, in the languages most of them speak. */
const ATTRIBUTION =
  /^(?:on\b.{4,300}\bwrote|am\b.{4,300}\bschrieb\b.{0,120}|le\b.{4,300}\ba écrit|el\b.{4,300}\bescribió|il\b.{4,300}\bha scritto|em\b.{4,300}\bescreveu|op\b.{4,300}\bschreef\b.{0,120}|den\b.{4,300}\bskrev\b.{0,120}|w dniu\b.{4,300}\bpisze|.{0,200}<[^<>\s]+@[^<>\s]+>.{0,60}):$/iu;
const ORIGINAL =
  /^(?:-{2,}\s?(?:original message|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|原始邮件|原始郵件|元のメッセージ|исходное сообщение)\s?-{2,}|_{20,})$/iu;
/** What Outlook writes above the mail that is answered, in the order it does. */
const OUTLOOK =
  /^(?:\*\*)?(?:from|von|de|da|van|från|od|от|发件人|寄件者|差出人|보낸 사람)(?:\*\*)?[:：] ?(?:\*\*)?.{2,}/iu;
const OUTLOOK_NEXT =
  /^(?:\*\*)?(?:sent|gesendet|envoyé|enviado|inviato|verzonden|skickat|date|datum|отправлено|дата|发送时间|寄件日期|送信日時|보낸 날짜)(?:\*\*)?[:：] ?/iu;

/**
 * Cuts the history of a conversation that a mail carries at its end: lines behind ">", and what Outlook puts below
 * "From, Sent, To". Answers between the lines, forwarded mail and a mail that is nothing but a quotation stay whole.
 */
export function cutQuotes(text: string): Unquoted {
  const lines = text.split("\n");
  const cut = Math.min(startOfMarked(lines), startOfOutlook(lines));
  const left = lines.length - cut;
  if (left < LEAST_LINES) return { text, lines: 0 };
  const kept = lines.slice(0, cut).join("\n").trimEnd();
  return kept.trim() === "" ? { text, lines: 0 } : { text: kept, lines: left };
}

/** Where the run of lines behind ">" begins that ends the text, its introduction included. */
function startOfMarked(lines: readonly string[]): number {
  let start = lines.length;
  let marked = 0;
  for (; start > 0; start--) {
    const line = (lines[start - 1] as string).trim();
    if (line.startsWith(">")) marked += 1;
    else if (line !== "") break;
  }
  if (marked === 0) return lines.length;
  const introduction = lines.slice(Math.max(0, start - 3), start);
  for (let take = 1; take <= introduction.length; take++) {
    const said = introduction.slice(-take).join(" ").trim();
    if (ATTRIBUTION.test(said)) return start - take;
  }
  return start;
}

function startOfOutlook(lines: readonly string[]): number {
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] as string).trim();
    if (line.length > 400 || line === "") continue;
    if (ORIGINAL.test(line) && isHeaded(lines, at + 1)) return at;
    if (OUTLOOK.test(line) && OUTLOOK_NEXT.test(nextLine(lines, at)))
      return at > 0 && !isForward(lines, at) ? at : lines.length;
  }
  return lines.length;
}

function isHeaded(lines: readonly string[], from: number): boolean {
  const at = lines.findIndex((line, index) => index >= from && line.trim() !== "");
  return at >= 0 && OUTLOOK.test((lines[at] as string).trim());
}

function nextLine(lines: readonly string[], at: number): string {
  return (lines.slice(at + 1, at + 3).find((line) => line.trim() !== "") ?? "").trim();
}

/** "Forwarded message" and its like above: then what follows is what the mail is about. */
function isForward(lines: readonly string[], at: number): boolean {
  return lines
    .slice(Math.max(0, at - 3), at)
    .some((line) => /forward|weitergeleitet|transféré|reenviado|inoltrat|doorgestuurd/iu.test(line));
}
