import { passedOver, type Reading, refused } from '../indicator.ts';
import { guessedValue, indicatorValue } from '../indicator-value.ts';
import { csvCells } from './csv-cells.ts';
import { kindOfTypeWord } from './type-words.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * Reads a row of comma-separated cells without any header: a type word with its value behind it (`…,domain,x.example,…`),
 * else the first cell that is a value by its form. The digests in MISP's `hashes.csv` stand for parts of values, not for
 * files, and are refused.
 */
export function readHeaderlessRow(row: string): Reading | undefined {
  if (row.trim() === '' || row.startsWith('#')) return undefined;
  const cells = csvCells(row, ',');
  if (cells.length === 2 && /^[0-9a-f]{32}$/i.test(cells[0] as string) && UUID.test(cells[1] as string))
    return refused('a digest of a value (hashes.csv of a MISP feed), which is no indicator');
  for (let at = 0; at + 1 < cells.length && at < 40; at++) {
    const kind = kindOfTypeWord(cells[at] as string);
    const value = kind === undefined ? undefined : indicatorValue(kind, cells[at + 1] as string);
    if (value !== undefined) return { values: [value] };
  }
  for (const cell of cells.slice(0, 40)) {
    const value = /^[\d.]+$/.test(cell) && cell.split('.').length !== 4 ? undefined : guessedValue(cell);
    if (value !== undefined) return { values: [value] };
  }
  return cells.length === 1 ? refused('a value of no known form') : passedOver('a row without a value');
}
