import { WorkSlices } from '../../../reading/work-slices.ts';
import { refused } from '../indicator.ts';
import type { IndicatorCollector } from '../indicator-collector.ts';
import { isOpenRow, MAX_ROW_LENGTH } from './csv-cells.ts';
import { delimitedReader, headerOf, type RowReader, rowReader } from './feed-formats.ts';
import { readHeaderlessRow } from './headerless-rows.ts';
import { readTextLine } from './text-line.ts';

/** What reading a line costs beside its characters, in bytes of {@link WorkSlices}: about 4 microseconds. */
const LINE_BYTES = 100;

/** Reads a feed of lines: CSV with a header (commented out or not) or without one, or a list. */
export async function readTextFeed(
  source: AsyncIterable<Uint8Array>,
  collector: IndicatorCollector,
  given: RowReader | undefined,
): Promise<void> {
  const slices = new WorkSlices();
  let reader = given;
  let isCsv = given !== undefined && given !== readTextLine;
  let header: RowReader | undefined;
  // lines of a row whose quotation mark is open; joined only when the row ends
  let open: string[] = [];
  let openLength = 0;
  for await (const line of linesOf(source)) {
    await slices.spend(LINE_BYTES + (line?.length ?? MAX_ROW_LENGTH));
    if (line === undefined) {
      collector.add(refused('a line that is too long'));
      open = [];
      openLength = 0;
      continue;
    }
    const isOpen = isCsv && isOpenRow(line) !== open.length > 0;
    open.push(line);
    openLength += line.length + 1;
    if (isOpen && openLength <= MAX_ROW_LENGTH) continue;
    const row = open.join('\n');
    open = [];
    openLength = 0;
    if (reader === undefined) {
      const found = headerOf(row);
      if (found !== undefined) header = delimitedReader(found.names, found.delimiter);
      if (row.trim() === '' || row.startsWith('#')) continue;
      isCsv = header !== undefined || looksDelimited(row);
      reader = header ?? (isCsv ? readHeaderlessRow : readTextLine);
      if (found !== undefined) continue;
      if (isCsv && isOpenRow(row)) {
        open = [row];
        openLength = row.length + 1;
        continue;
      }
    } else if (given !== undefined && headerOf(row) !== undefined) continue;
    const reading = reader(row);
    if (reading !== undefined) collector.add(reading);
  }
  if (open.length > 0) {
    const reading = (reader ?? rowReader('list'))?.(open.join('\n'));
    if (reading !== undefined) collector.add(reading);
  }
}

/** Whether a first line without header has several cells; a comma within a URL is none. */
function looksDelimited(line: string): boolean {
  return /^"[^"]*"\s*,/.test(line) || /^[^,;#]*,[^,]+/.test(line.replace(/[a-z]{1,10}:\/\/\S*/gi, 'url'));
}

/** Lines without their ends; undefined stands for one that is longer than a row may be. */
async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder('utf-8');
  let text = '';
  let isTooLong = false;
  for await (const chunk of source) {
    text += decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      yield isTooLong ? undefined : text.slice(from, end).replace(/\r$/, '');
      isTooLong = false;
      from = end + 1;
    }
    text = text.slice(from);
    if (text.length > MAX_ROW_LENGTH) {
      text = '';
      isTooLong = true;
    }
  }
  text += decoder.decode();
  if (isTooLong) yield undefined;
  else if (text !== '') yield text.replace(/\r$/, '');
}
