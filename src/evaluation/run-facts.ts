import type { ReadCounts } from '../logs/skip-counts.ts';
import { type Html, html, table, whole } from './html-page.ts';

/** How a report came about, so that it can be made again. */
export interface RunFacts {
  /** As typed. */
  readonly command: string;
  /** Of the product. */
  readonly version: string;
  /** ISO 8601 UTC. */
  readonly created_at: string;
}

export function runFactsHtml({ command, version, created_at }: RunFacts): Html {
  return html`<pre><code>${command}</code></pre><p>Alertforest ${version}, ${created_at.slice(0, 16).replace('T', ' ')} UTC. The same files, command and seed give the same model and figures; only seconds and microseconds vary.</p>`;
}

/** What was read of one file, what was left out and why, and the first places. */
export function readHtml(name: string, counts: ReadCounts): Html {
  const { rows, alerts, skipped, reasons, examples } = counts;
  if (skipped === 0) {
    return html`<p>${name}: ${whole(rows)} rows read as ${whole(alerts)} alerts, nothing left out.</p>`;
  }
  const sorted = Object.entries(reasons).sort((a, b) => b[1] - a[1]);
  return html`<p>${name}: ${whole(rows)} rows read as ${whole(alerts)} alerts, <strong>${whole(skipped)} left out</strong>.</p>${table(
    ['why', 'left out'],
    sorted.map(([reason, count]) => [reason, whole(count)]),
  )}<p>The first places:</p>${table(
    ['line', 'column', 'expected', 'there was'],
    examples.map(({ line, column, expected, got }) => [String(line), column, expected, got]),
  )}`;
}
