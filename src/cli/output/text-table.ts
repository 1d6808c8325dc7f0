import Table from 'cli-table3';

/** Characters of a cell that are shown. */
const MAX_CELL = 80;
const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

export interface TableOptions {
  /** Puts a colour on a cell that has been made safe. */
  readonly paint?: (cell: string, column: number) => string;
  readonly paintHeader?: (name: string) => string;
  /** Characters of a cell that are shown. @default 80 */
  readonly maxCell?: number;
}

/**
 * Rows under a header in columns of equal width, for a terminal. Cells are clipped, and characters that would steer the
 * terminal are shown as `·`: what stands in an alert may be an attacker's.
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { paint = (cell) => cell, paintHeader = (name) => name, maxCell = MAX_CELL }: TableOptions = {},
): string {
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  const cells = rows.map((row) => header.map((_, column) => shownCell(row[column] ?? '', maxCell)));
  table.push(header.map(paintHeader), ...cells.map((row) => row.map(paint)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

export function shownCell(cell: string, maxCell = MAX_CELL): string {
  const plain = cell.replace(/[\p{Cc}\p{Cf}]/gu, '·');
  const units = [...plain];
  return units.length > maxCell ? `${units.slice(0, maxCell - 1).join('')}…` : plain;
}
