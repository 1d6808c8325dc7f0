import { Marked } from 'marked';
import { escapeHtml } from '../../escape-html.ts';
import { inMarkdown } from '../../training/fit/in-markdown.ts';
import type { WireVersionCard } from './versions.ts';

/** The card of a version as a text to read: the decision of the gate, then the card as it was written. */
export function cardMarkdown({
  model,
  version,
  decision,
  provisional,
  reasons,
  card,
}: WireVersionCard): string {
  const state = `${decision}${provisional ? ', provisionally' : ''}`;
  return [
    `**${model} ${version}: ${state}.**`,
    '',
    ...reasons.map((reason) => `- ${inMarkdown(reason)}`),
    '',
    card,
  ].join('\n');
}

/** The same as a page that loads nothing and runs nothing. */
export function cardHtml(card: WireVersionCard): string {
  const title = escapeHtml(`${card.model} ${card.version}: model card`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title>
<style>${CARD_STYLE}</style>
</head>
<body>
<main>
${markdown.parse(cardMarkdown(card), { async: false })}</main>
</body>
</html>
`;
}

/** The style of the page; its hash stands in the policy that the page is sent with. */
export const CARD_STYLE =
  ':root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}' +
  'main{max-width:60rem;margin:2rem auto;padding:0 1rem}' +
  'table{border-collapse:collapse;display:block;overflow-x:auto;font-variant-numeric:tabular-nums}' +
  'td,th{border-bottom:1px solid #8886;padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top}';

/** Cards of earlier builds hold names as they were given: what looks like a tag, a link or a picture is shown as text. */
const markdown = new Marked({
  gfm: true,
  renderer: {
    html: ({ raw }) => escapeHtml(raw),
    link: ({ raw }) => escapeHtml(raw),
    image: ({ raw }) => escapeHtml(raw),
  },
});
