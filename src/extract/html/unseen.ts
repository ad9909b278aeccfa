/** True for a style of what is not shown, or so small that nobody sees it, as the first words of newsletters that only a list of mails shows. */
export function isUnseen(style: string): boolean {
  if (/display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all/i.test(style)) return true;
  return (
    /max-height\s*:\s*0(?![.\d])/i.test(style) && /(?:font-size|line-height|opacity)\s*:\s*[01](?![.\d])/i.test(style)
  );
}
