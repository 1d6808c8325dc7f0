import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** One line chart: x and one or more series of the same length. */
export interface LineChart {
  readonly title: string;
  readonly xLabel: string;
  readonly x: readonly number[];
  readonly series: readonly {
    readonly label: string;
    readonly y: readonly (number | null)[];
    /** Edge of an interval: drawn thin and grey. */
    readonly isBound?: boolean;
  }[];
}

export interface Section {
  readonly heading: string;
  /** Paragraphs, tables and so on: HTML that the caller has escaped. */
  readonly html: string;
  readonly charts?: readonly LineChart[];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML. Everything that comes from data goes through here. */
export function escapeHtml(text: unknown): string {
  return String(text).replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

export function htmlTable(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = (tag: string, values: readonly unknown[]): string =>
    values.map((value) => `<${tag}>${escapeHtml(value)}</${tag}>`).join('');
  return `<table><thead><tr>${cells('th', head)}</tr></thead><tbody>${rows
    .map((row) => `<tr>${cells('td', row)}</tr>`)
    .join('')}</tbody></table>`;
}

const STYLE = `
:root { color-scheme: light; font: 15px/1.5 system-ui, sans-serif; color: #1c2733; }
body { max-width: 1000px; margin: 2rem auto; padding: 0 1rem; background: #fff; }
h1 { font-size: 1.7rem; margin-bottom: .2rem; } h2 { margin-top: 2.2rem; border-bottom: 1px solid #d8dee6; }
p.lead { color: #5a6b7d; margin-top: 0; }
table { border-collapse: collapse; margin: .8rem 0; } th, td { padding: .25rem .7rem; border-bottom: 1px solid #e6eaef; text-align: right; }
th:first-child, td:first-child { text-align: left; } th { color: #5a6b7d; font-weight: 600; }
.tiles { display: flex; flex-wrap: wrap; gap: .8rem; } .tile { border: 1px solid #d8dee6; border-radius: 8px; padding: .7rem 1rem; min-width: 9rem; }
p.note { border-left: 4px solid #b7791f; background: #fdf6e7; padding: .6rem 1rem; }
section { break-inside: avoid; overflow-x: auto; }
.tile b { display: block; font-size: 1.5rem; } .tile span { color: #5a6b7d; }
`;

const COLOURS = ['#1f6feb', '#c4432b', '#2f8f4e', '#8a5cc2', '#b7791f'];

/**
 * One self-contained HTML page: styles, data and the chart library are inside, nothing is fetched.
 */
export async function htmlPage(title: string, lead: string, sections: readonly Section[]): Promise<string> {
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
  const [script, css] = await Promise.all([
    readFile(join(uplot, 'dist', 'uPlot.iife.min.js'), 'utf8'),
    readFile(join(uplot, 'dist', 'uPlot.min.css'), 'utf8'),
  ]);
  const charts: LineChart[] = [];
  const body = sections
    .map(({ heading, html, charts: own = [] }) => {
      const places = own.map((chart) => {
        charts.push(chart);
        return `<h3>${escapeHtml(chart.title)}</h3><div id="chart-${charts.length - 1}"></div>`;
      });
      return `<section><h2>${escapeHtml(heading)}</h2>${html}${places.join('')}</section>`;
    })
    .join('\n');
  // A closing tag inside the data must not end the script.
  const data = JSON.stringify({ charts, colours: COLOURS }).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${css}${STYLE}</style></head>
<body><h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(lead)}</p>
${body}
<script>${script}</script>
<script>
const { charts, colours } = ${data};
charts.forEach((chart, i) => new uPlot({
  width: 860, height: 300, scales: { x: { time: false } },
  axes: [{ label: chart.xLabel }, { size: 90 }],
  series: [{ label: chart.xLabel }, ...chart.series.map((s, k) => ({ label: s.label, stroke: s.isBound ? '#8a97a6' : colours[k % colours.length], width: s.isBound ? 1 : 2, dash: s.isBound ? [5, 4] : undefined }))],
}, [chart.x, ...chart.series.map((s) => s.y)], document.getElementById('chart-' + i)));
</script></body></html>
`;
}
