import type { Reading } from '../logs/reading-tally.ts';
import { recordTable } from './output/show.ts';

/** Own columns that are shown with their figures; all are in the JSON. */
const MAX_OWN = 20;

/** What was read, on the console. */
export function printReading(reading: Reading): void {
  const { quality: q } = reading;
  console.log(`${reading.title} (${reading.format}): ${reading.why}`);
  const span = reading.time === null ? 'no times' : `${reading.time.first} to ${reading.time.last}`;
  console.log(
    `${reading.rows.toLocaleString('en-US')} rows, ${q.duplicates} repeated, ${q.skipped_lines} lines skipped, ${q.other_lines} of other kinds, ${span}`,
  );
  console.log(
    `time: ${q.time_is}, zone ${q.time_zone}; bytes: ${q.bytes_layer}${q.one_way ? '; one row a direction' : ''}`,
  );
  for (const [why, n] of Object.entries(q.skipped_why)) console.log(`  skipped ${n}: ${why}`);
  if (q.not_utf8_lines > 0) console.log(`  ${q.not_utf8_lines} lines are not UTF-8, read as Windows-1252`);
  const known = new Set(reading.columns);
  const own = reading.column_figures.filter(({ column }) => !known.has(column));
  const shown = [
    ...reading.column_figures.filter(({ column }) => known.has(column)),
    ...own.filter(({ invalid }) => invalid > 0),
    ...own.filter(({ invalid }) => invalid === 0),
  ].slice(0, known.size + MAX_OWN);
  console.log(
    recordTable(
      shown.map(({ column, missing, invalid, range }) => ({
        column,
        missing,
        invalid,
        least: range?.min ?? '',
        mean: range === null ? '' : Number(range.mean.toPrecision(6)),
        most: range?.max ?? '',
      })),
    ),
  );
  for (const { column, invalid, invalid_lines: lines } of reading.column_figures)
    if (invalid > 0)
      console.log(`  ${column}: ${invalid} values cannot be true; first lines ${lines.join(', ')}`);
  if (q.duplicate_columns.length > 0)
    console.log(`  columns twice, read once: ${q.duplicate_columns.join(', ')}`);
  if (q.constant_columns.length > 0) console.log(`  one value throughout: ${q.constant_columns.join(', ')}`);
  if (q.leak_columns.length > 0)
    console.log(`  tell the answer or the order, so never learned from: ${q.leak_columns.join(', ')}`);
}
