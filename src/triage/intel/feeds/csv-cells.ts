/** Longest row that is read, in UTF-16 units; a longer one is given up. */
export const MAX_ROW_LENGTH = 65_536;

/** Whether a row goes on in the next line: a quotation mark in it is open. */
export function isOpenRow(row: string): boolean {
  let isOpen = false;
  for (let at = row.indexOf('"'); at >= 0; at = row.indexOf('"', at + 1)) isOpen = !isOpen;
  return isOpen;
}

/**
 * The cells of one row. Blanks around a quoted cell are dropped (abuse.ch writes `", "` between cells), a doubled
 * quotation mark is one, and a mark inside an unquoted cell stands for itself.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function csvCells(row: string, delimiter: string): string[] {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    while (row[at] === ' ' && delimiter !== ' ') at++;
    if (row[at] === '"') {
      let cell = '';
      let from = at + 1;
      let end = row.indexOf('"', from);
      while (end >= 0 && row[end + 1] === '"') {
        cell += row.slice(from, end + 1);
        from = end + 2;
        end = row.indexOf('"', from);
      }
      cells.push(cell + row.slice(from, end < 0 ? row.length : end));
      at = end < 0 ? row.length : row.indexOf(delimiter, end);
      if (at < 0) at = row.length;
    } else {
      const end = row.indexOf(delimiter, at);
      cells.push(row.slice(at, end < 0 ? row.length : end).trim());
      at = end < 0 ? row.length : end;
    }
    if (at >= row.length) return cells;
    at += delimiter.length;
  }
}
