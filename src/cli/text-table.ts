/** Characters of a cell that are shown. */
const MAX_CELL = 80;

/**
 * Rows under a header in columns of equal width, for a terminal. Cells are clipped, and characters that would steer the
 * terminal are shown as `·`: what stands in an alert may be an attacker's.
 */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [header, ...rows].map((row) => row.map(shownCell));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => lengthOf(row[column] ?? ''))));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] as number) - lengthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function shownCell(cell: string): string {
  const plain = cell.replace(/[\p{Cc}\p{Cf}]/gu, '·');
  const units = [...plain];
  return units.length > MAX_CELL ? `${units.slice(0, MAX_CELL - 1).join('')}…` : plain;
}

const lengthOf = (cell: string): number => [...cell].length;
