import { CsvTable, isTable } from './csv-table.ts';
import { formRecord } from './form-fields.ts';
import { RecordSplitter, type SplitRecord } from './record-splitter.ts';
import type { SentBody } from './sent-body.ts';

/** Characters by which the kind of a text is told. */
const HEAD_LENGTH = 64 * 1024;

/** Takes a text line by line and gives its records as they are complete. */
export interface TextRecords {
  push(line: number, text: string): SplitRecord[];
  end(): SplitRecord[];
}

/** The reader that a text asks for, told by its content-type and its first lines: a table, or lines and documents. */
export function textRecords(text: string, { contentType = '' }: SentBody): TextRecords {
  const head = text.slice(0, HEAD_LENGTH);
  return isTable(head, contentType) ? new CsvTable() : new RecordSplitter();
}

/** The whole text as one form record, or undefined where it is none. */
export function formOf(text: string, { contentType = '' }: SentBody): Record<string, unknown> | undefined {
  return formRecord(text, contentType);
}
