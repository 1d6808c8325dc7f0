import type { Reading } from '../logs/reading-tally.ts';
import { facts, figure, type Html, html, htmlPage, table, tiles, whole } from './html-page.ts';
import { type RunFacts, runFactsHtml } from './run-facts.ts';

export interface ReadingReport {
  /** Names of the files. */
  readonly subject: string;
  readonly reading: Reading;
  readonly run: RunFacts;
}

/** A page about what was read of raw logs. */
export function readingPage({ subject, reading, run }: ReadingReport): Promise<string> {
  return htmlPage({
    title: `${reading.rows.toLocaleString('en-US')} rows of ${subject}`,
    lead: `${reading.title}, recognised by ${reading.why}.`,
    sections: [
      { heading: 'What was read', body: readingHtml(reading) },
      { heading: 'How this was read', body: [runFactsHtml(run)] },
    ],
  });
}

/** Counts, what they mean, columns with their gaps, and the first and last row. */
export function readingHtml(reading: Reading): Html[] {
  return [readingTiles(reading), meaning(reading), columns(reading), shownRows(reading)];
}

function readingTiles({ rows, quality: q }: Reading): Html {
  return tiles([
    { label: 'rows', value: whole(rows) },
    { label: 'repeated records', value: whole(q.duplicates) },
    { label: 'lines skipped', value: whole(q.skipped_lines) },
    { label: 'lines of other kinds', value: whole(q.other_lines) },
  ]);
}

const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));

function meaning({ format, quality: q, time }: Reading): Html {
  return facts([
    ['format', format],
    ['from', time?.first ?? 'no times'],
    ['to', time?.last ?? 'no times'],
    ['times are', q.time_is],
    ['zone', q.time_zone],
    ['bytes are counted', q.bytes_layer],
    ['a row is', q.one_way ? 'one direction of a connection' : 'one event'],
    ['skipped', listed(Object.entries(q.skipped_why).map(([why, n]) => `${n} ${why}`))],
    ['never learned from', listed(q.leak_columns)],
    ['one value throughout', listed(q.constant_columns)],
    ['columns twice', listed(q.duplicate_columns)],
  ]);
}

const amount = (value: number | undefined): Html =>
  value === undefined
    ? html``
    : figure(value, (one) => one.toLocaleString('en-US', { maximumFractionDigits: 1 }));

function columns({ column_figures: figures }: Reading): Html {
  return table(
    ['column', 'values', 'missing', 'invalid', 'least', 'mean', 'most', 'first invalid lines'],
    figures.map(({ column, values, missing, invalid, range, invalid_lines: lines }) => [
      column,
      whole(values),
      whole(missing),
      whole(invalid),
      amount(range?.min),
      amount(range?.mean),
      amount(range?.max),
      lines.length === 0 ? '' : `lines ${lines.join(', ')}`,
    ]),
  );
}

function shownRows({ first, last }: Reading): Html {
  const names = [...new Set([...Object.keys(first ?? {}), ...Object.keys(last ?? {})])];
  return table(
    ['column', 'first row', 'last row'],
    names.map((name) => [name, String(first?.[name] ?? ''), String(last?.[name] ?? '')]),
  );
}
