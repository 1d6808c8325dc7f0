import type { LabResult } from '../logs/lab/lab-result.ts';
import type { ColumnQuality } from '../logs/log-quality.ts';
import { figure, type Html, html, percent, table, tiles, whole } from './html-page.ts';

/** What was in the logs before anything was done to them. */
export function logQualityHtml(result: LabResult): Html[] {
  return [qualityTiles(result), qualityTable(result), invalidTable(result), unreadableTable(result)];
}

function qualityTiles({ quality }: LabResult): Html {
  return tiles([
    { label: 'rows', value: whole(quality.rows) },
    { label: 'unreadable lines', value: whole(quality.unreadableLines) },
    { label: 'repeated rows', value: whole(quality.duplicateRows) },
    {
      label: 'attacks among the labels',
      value: percent(quality.labelRate ?? null, 2),
      note: html`${whole(quality.attacks ?? null)} rows`,
    },
  ]);
}

const amount = (value: number | undefined): Html =>
  value === undefined
    ? html``
    : figure(value, (one) => one.toLocaleString('en-US', { maximumFractionDigits: 1 }));

function qualityTable({ quality }: LabResult): Html {
  return table(
    ['column', 'missing', 'invalid', 'distinct', 'least', 'median', 'p99', 'most'],
    quality.columns.map(({ column, missing, invalid, distinct, range }) => [
      column,
      whole(missing),
      whole(invalid),
      whole(distinct),
      ...[range?.min, range?.median, range?.p99, range?.max].map(amount),
    ]),
  );
}

function invalidTable({ quality }: LabResult): Html {
  const bad = quality.columns.filter(({ invalid }) => invalid > 0);
  const span = html`<p>From ${(quality.firstAt ?? 'unknown').slice(0, 10)} to ${(quality.lastAt ?? 'unknown').slice(0, 10)}.</p>`;
  if (bad.length === 0) return html`${span}<p>No value is invalid.</p>`;
  return html`${span}<p>Values that cannot be true, with their first lines:</p>${table(
    ['column', 'why', 'values', 'lines'],
    bad.flatMap(({ column, reasons, invalidLines }: ColumnQuality) =>
      Object.entries(reasons).map(([why, count], at) => [
        column,
        why,
        whole(count),
        at === 0 ? `lines ${invalidLines.join(', ')}` : '',
      ]),
    ),
  )}`;
}

function unreadableTable({ unreadable }: LabResult): Html {
  if (unreadable.length === 0) return html``;
  return html`<p>The first lines that could not be read as a row:</p>${table(
    ['line', 'column', 'expected', 'there was'],
    unreadable.map(({ line, column, expected, got }) => [String(line), column, expected, got]),
  )}`;
}

/** What was done to them. */
export function cleaningHtml(result: LabResult): Html {
  if (result.cleaning.length === 0) return html`<p>There was nothing to clean.</p>`;
  return html`<p>Nothing is filled in: an invalid value becomes missing, and the forests learn a direction for missing values.</p>${table(
    ['what', 'why', 'count'],
    result.cleaning.map(({ what, why, count }) => [what, why, whole(count)]),
  )}`;
}
