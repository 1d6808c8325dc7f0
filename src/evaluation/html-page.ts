import { escapeHtml } from '../escape-html.ts';
import { chartLibrary } from './chart-library.ts';
import { CHART_SCRIPT, type LineChart } from './html-chart.ts';
import { PAGE_STYLE } from './html-style.ts';

/** HTML that is safe to put into a page: made here, from escaped parts. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export interface Section {
  readonly heading: string;
  readonly body: readonly Html[];
  readonly charts?: readonly LineChart[];
}

export interface Page {
  /** The result in one sentence. */
  readonly title: string;
  readonly lead: string;
  readonly sections: readonly Section[];
}

const asHtml = (value: unknown): string => (value instanceof Html ? value.text : escapeHtml(value));

/** Pieces of HTML and of text in one; text is escaped. */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Html {
  return new Html(parts.map((part, at) => (at === 0 ? part : `${asHtml(values[at - 1])}${part}`)).join(''));
}

/** A number as people read it, with its exact value beside it for programs. */
export function figure(value: number | null, words: (value: number) => string): Html {
  if (value === null || !Number.isFinite(value)) return html`n/a`;
  return html`<data value="${value}">${words(value)}</data>`;
}

export const percent = (share: number | null, nDigits = 1): Html =>
  figure(share, (value) => `${(100 * value).toFixed(nDigits)} %`);
export const digits = (value: number | null, nDigits = 3): Html =>
  figure(value, (one) => one.toFixed(nDigits));
export const whole = (value: number | null): Html =>
  figure(value, (one) => Math.round(one).toLocaleString('en-US'));

/** A table that scrolls on its own where it is wider than the page; numbers stand right, text left. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[], marked = -1): Html {
  const isText = head.map((_, column) => column === 0 || rows.some((row) => isWords(row[column])));
  const align = (column: number): string => (isText[column] ? ' class="text"' : '');
  const header = head.map((name, column) => `<th scope="col"${align(column)}>${escapeHtml(name)}</th>`);
  const isLong = rows.some(([first]) => typeof first === 'string' && first.length > LONG_NAME);
  const body = rows.map((row, at) => {
    const cells = row.map((value, column) =>
      column === 0
        ? `<th scope="row" class="text${isLong ? ' long' : ''}">${asHtml(value)}</th>`
        : `<td${align(column)}>${asHtml(value)}</td>`,
    );
    return `<tr${at === marked ? ' class="marked"' : ''}>${cells.join('')}</tr>`;
  });
  const label = escapeHtml(`table: ${head.filter((name) => name !== '').join(', ')}`);
  return new Html(
    `<div class="wide" role="region" tabindex="0" aria-label="${label}"><table><thead><tr>${header.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`,
  );
}

/** Names with their values, side by side. */
export function facts(pairs: readonly (readonly [string, unknown])[]): Html {
  const lines = pairs.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${asHtml(value)}</dd>`);
  return new Html(`<dl class="facts">${lines.join('')}</dl>`);
}

/** Characters from which a row's name takes several lines. */
const LONG_NAME = 24;

function isWords(value: unknown): boolean {
  return typeof value === 'string' && /[a-z]/i.test(value);
}

export interface Tile {
  readonly label: string;
  readonly value: Html;
  /** Interval, or of how many. */
  readonly note?: Html;
}

export function tiles(shown: readonly Tile[]): Html {
  const tile = ({ label, value, note }: Tile): string =>
    `<div class="tile"><dt>${escapeHtml(label)}</dt><dd>${value.text}</dd>${note === undefined ? '' : `<dd class="note">${note.text}</dd>`}</div>`;
  return new Html(`<dl class="tiles">${shown.map(tile).join('')}</dl>`);
}

/** A share of the largest as a bar beside its number. */
export function bar(share: number): Html {
  const width = Math.max(0, Math.min(100, 100 * share)).toFixed(1);
  return new Html(`<span class="bar"><span style="width:${width}%"></span></span>`);
}

/**
 * One self-contained HTML page: styles, data and the chart library are inside, nothing is fetched. Every chart stands
 * beside a table of the same numbers, so that the page reads without scripts and on paper.
 */
export async function htmlPage({ title, lead, sections }: Page): Promise<string> {
  const [script, css] = await chartLibrary();
  const charts: LineChart[] = [];
  const body = sections
    .map(({ heading, body: parts, charts: own = [] }, at) => {
      const places = own.map((chart) => {
        charts.push(chart);
        const label = escapeHtml(`${chart.title}. ${chart.words}`);
        return `<figure><figcaption>${escapeHtml(chart.title)}</figcaption><div class="chart" role="img" aria-label="${label}"></div></figure>`;
      });
      return `<section id="part-${at + 1}"><h2>${escapeHtml(heading)}</h2>${parts.map(({ text }) => text).join('')}${places.join('')}</section>`;
    })
    .join('\n');
  const contents = sections
    .map(({ heading }, at) => `<li><a href="#part-${at + 1}">${escapeHtml(heading)}</a></li>`)
    .join('');
  // A closing tag inside the data must not end the script.
  const data = JSON.stringify(charts).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${css}${PAGE_STYLE}</style></head>
<body><header><h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(lead)}</p></header>
<nav aria-label="Contents"><ol>${contents}</ol></nav>
<main>
${body}
</main>
<script>${script}</script>
<script>const charts = ${data};
${CHART_SCRIPT}</script></body></html>
`;
}
