import type { LogFormat, RowSink } from '../formats/log-format.ts';
import type { LogRow } from '../formats/log-row.ts';
import type { LogTimes } from '../formats/log-times.ts';
import { isJsonLines, readDocuments } from '../json-records.ts';
import { lineTaker } from '../line-taker.ts';
import { lineBatches } from '../log-lines.ts';
import type { LogFile } from '../open-logs.ts';
import type { ParquetTable } from '../read-parquet.ts';

/** Rows of one piece of a file. */
export interface RowBatch {
  readonly rows: readonly LogRow[];
  /** Of each row the record as written, by which repeats are told. */
  readonly texts: readonly string[];
}

/** Told at once of what is no row. */
export interface RowHooks {
  readonly onOther: (record: unknown) => void;
  readonly onSkip: (why: string) => void;
  readonly onNotUtf8: (nLines: number) => void;
}

/** Records of a document that make a batch. */
const BATCH_RECORDS = 1_000;

/** Rows of a file in the order in which they stand there; memory holds those of one piece of the input. */
export async function* rowBatches(
  file: LogFile,
  times: LogTimes,
  { onOther, onSkip, onNotUtf8 }: RowHooks,
): AsyncGenerator<RowBatch> {
  const { format, head } = file;
  let line = 0;
  let text = '';
  let rows: LogRow[] = [];
  let texts: string[] = [];
  const sink: RowSink = {
    row(row) {
      row.line = line;
      rows.push(row);
      texts.push(text);
    },
    other: onOther,
    skip: onSkip,
  };
  const taken = (): RowBatch => {
    const batch = { rows, texts };
    rows = [];
    texts = [];
    return batch;
  };
  const input = file.open();
  if (Symbol.asyncIterator in input === false) {
    const table = input as ParquetTable;
    const read = (format as LogFormat & { shape: 'table' }).reader(table.header, times, head);
    for await (const batch of table.rows()) {
      for (const cells of batch) {
        line++;
        text = cells.join('\u0000');
        read(cells, sink);
      }
      yield taken();
    }
    return;
  }
  const bytes = input as AsyncGenerator<Uint8Array>;
  if (format.shape === 'json' && !isJsonLines(head.lines)) {
    const read = format.reader(times, head);
    for await (const record of readDocuments(bytes, file.name)) {
      line++;
      if (typeof record === 'string') sink.skip(record);
      else {
        text = JSON.stringify(record);
        read(record, sink);
      }
      if (rows.length >= BATCH_RECORDS) yield taken();
    }
    yield taken();
    return;
  }
  const take = lineTaker(format, times, head, sink, (at, whole) => {
    line = at;
    text = whole;
  });
  let n = 0;
  for await (const { lines, nNotUtf8 } of lineBatches(bytes)) {
    for (const one of lines) take.push(++n, one);
    onNotUtf8(nNotUtf8);
    yield taken();
  }
  take.end();
  yield taken();
}
