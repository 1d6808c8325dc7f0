import { WorkSlices } from '../../../reading/work-slices.ts';
import { refused } from '../indicator.ts';
import type { IndicatorCollector } from '../indicator-collector.ts';
import { isOpenRow, MAX_ROW_LENGTH } from './csv-cells.ts';
import { delimitedReader, headerOf, type RowReader, rowReader } from './feed-formats.ts';
import { readHeaderlessRow } from './headerless-rows.ts';
import { readTextLine } from './text-line.ts';

/** Lines between two turns of the event loop. */
const SLICE_LINES = 2_000;

/** Reads a feed of lines: CSV with a header (commented out or not) or without one, or a list. */
export async function readTextFeed(
  source: AsyncIterable<Uint8Array>,
  collector: IndicatorCollector,
  given: RowReader | undefined,
): Promise<void> {
  const slices = new WorkSlices(SLICE_LINES);
  let reader = given;
  let isCsv = given !== undefined && given !== readTextLine;
  let header: RowReader | undefined;
  let open = '';
  for await (const line of linesOf(source)) {
    await slices.spend(1);
    if (line === undefined) {
      collector.add(refused('a line that is too long'));
      open = '';
      continue;
    }
    const row = open === '' ? line : `${open}\n${line}`;
    if (isCsv && isOpenRow(row) && row.length < MAX_ROW_LENGTH) {
      open = row;
      continue;
    }
    open = '';
    if (reader === undefined) {
      const found = headerOf(row);
      if (found !== undefined) header = delimitedReader(found.names, found.delimiter);
      if (row.trim() === '' || row.startsWith('#')) continue;
      isCsv = header !== undefined || looksDelimited(row);
      reader = header ?? (isCsv ? readHeaderlessRow : readTextLine);
      if (found !== undefined) continue;
      if (isCsv && isOpenRow(row)) {
        open = row;
        continue;
      }
    } else if (given !== undefined && headerOf(row) !== undefined) continue;
    const reading = reader(row);
    if (reading !== undefined) collector.add(reading);
  }
  if (open !== '') {
    const reading = (reader ?? rowReader('list'))?.(open);
    if (reading !== undefined) collector.add(reading);
  }
}

/** Whether a first line without header has several cells; a comma within a URL is none. */
function looksDelimited(line: string): boolean {
  return /^"[^"]*"\s*,/.test(line) || /^[^,;#]*,[^,]+/.test(line.replace(/[a-z]+:\/\/\S*/gi, 'url'));
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
