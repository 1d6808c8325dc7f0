import { once } from 'node:events';
import { stringify } from 'csv-stringify/sync';

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** One line of an export: names as the API words them, values plain enough for a cell. */
export type ExportedRow = Readonly<Record<string, string | number | boolean | null>>;

/** Writes rows as they come and answers how many there were. A table has the columns of its first row. */
export async function writeRows(
  rows: AsyncIterable<ExportedRow>,
  format: ExportFormat,
  sink: NodeJS.WritableStream,
): Promise<number> {
  let n = 0;
  for await (const row of rows) {
    const text = format === 'jsonl' ? `${JSON.stringify(row)}\n` : csvText(row, n === 0);
    n++;
    if (!sink.write(text)) await once(sink, 'drain');
  }
  return n;
}

/** What a spreadsheet would take for a formula is made text: names and comments may be an attacker's. */
const csvText = (row: ExportedRow, header: boolean): string =>
  stringify([row], {
    header,
    escape_formulas: true,
    cast: { boolean: String },
  });
