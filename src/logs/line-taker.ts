import { type TableRow, TableRows } from '../reading/table-rows.ts';
import type { LogFormat, LogHead, RowSink } from './formats/log-format.ts';
import type { LogTimes } from './formats/log-times.ts';
import { jsonRecord } from './json-records.ts';
import { headerOf } from './table-header.ts';

interface LineTaker {
  push(line: number, text: string): void;
  end(): void;
}

/** Takes the lines of a file for a format; `at` says which record is read next. */
export function lineTaker(
  format: LogFormat,
  times: LogTimes,
  head: LogHead,
  sink: RowSink,
  at: (line: number, text: string) => void,
): LineTaker {
  if (format.shape === 'lines') {
    const read = format.reader(times, head);
    return {
      push(line, text) {
        if (text.trim() === '') return;
        at(line, text);
        read(line === 1 ? text.replace(/^\ufeff/, '') : text, sink);
      },
      end: () => {},
    };
  }
  if (format.shape === 'json') {
    const read = format.reader(times, head);
    return {
      push(line, text) {
        if (text.trim() === '') return;
        at(line, text);
        const record = jsonRecord(text);
        if (record === undefined) sink.skip('not JSON');
        else read(record, sink);
      },
      end: () => {},
    };
  }
  const { names, delimiter, isFirstLine } = headerOf(format, head);
  const read = format.reader(names, times, head);
  const width = names.length;
  let isHeaderDue = isFirstLine;
  let headerText = '';
  const rows = new TableRows(delimiter);
  const take = (row: TableRow): void => {
    if (isHeaderDue) {
      if (/^sep=.$/i.test(row.text)) return;
      isHeaderDue = false;
      headerText = row.text;
      return;
    }
    at(row.line, row.text);
    const fit = fitted(row.cells, width);
    if (row.text === headerText) sink.skip('the header again');
    else if (fit === undefined) sink.skip('another number of fields');
    // tables that were put together of others have rows of delimiters alone
    else if (fit.every((cell) => cell.trim() === '')) sink.skip('an empty row');
    else read(fit, sink);
  };
  return {
    push: (line, text) => rows.push(line, text).forEach(take),
    end: () => rows.end().forEach(take),
  };
}

/** Cells as wide as the header; one empty cell more is a delimiter at the end of the line. */
function fitted(cells: readonly string[] | undefined, width: number): readonly string[] | undefined {
  if (cells === undefined || cells.length === width) return cells;
  return cells.length === width + 1 && cells[width]?.trim() === '' ? cells.slice(0, width) : undefined;
}
