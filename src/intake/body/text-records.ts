import { hasFixedColumns } from '../lines/fixed-columns.ts';
import { isOssecText, OssecText } from '../lines/ossec-text.ts';
import { isSnortText, SnortText } from '../lines/snort-text.ts';
import { CsvTable, isTable } from './csv-table.ts';
import { formRecord } from './form-fields.ts';
import { IniRecords, isIni } from './ini-records.ts';
import { isLabelled, LabelledLines } from './labelled-lines.ts';
import { isMarkup, MarkupRecords } from './markup-records.ts';
import { RecordSplitter, type SplitRecord } from './record-splitter.ts';
import type { SentBody } from './sent-body.ts';
import { isZeekTable, ZeekTable } from './zeek-table.ts';

/** Characters by which the kind of a text is told. */
const HEAD_LENGTH = 64 * 1024;

/** Takes a text line by line and gives its records as they are complete, each when it is asked for. */
export interface TextRecords {
  push(line: number, text: string): Iterable<SplitRecord>;
  end(): Iterable<SplitRecord>;
  /** Work of giving one record, in the bytes that a slice is measured in. */
  readonly recordUnits: number;
}

export interface TextLimits {
  /** Characters of a document over several lines. @default 64 MiB */
  readonly maxDocument?: number;
  /** Cells of a table. @default no limit */
  readonly maxCells?: number;
}

/** The reader that a text asks for, told by its content-type and its first lines: a table, markup, INI, labelled lines, or lines and documents. */
export function textRecords(
  text: string,
  { contentType = '' }: SentBody,
  { maxDocument, maxCells }: TextLimits = {},
): TextRecords {
  const head = text.slice(0, HEAD_LENGTH);
  if (isZeekTable(head)) return new ZeekTable();
  if (isOssecText(head)) return new OssecText();
  if (isSnortText(head)) return new SnortText();
  if (hasFixedColumns(head)) return new RecordSplitter(maxDocument);
  if (isMarkup(head)) return new MarkupRecords();
  if (isTable(head, contentType)) return new CsvTable(maxCells);
  if (isIni(head)) return new IniRecords();
  return isLabelled(head) ? new LabelledLines() : new RecordSplitter(maxDocument);
}

/** The whole text as one form record, or undefined where it is none. */
export function formOf(text: string, { contentType = '' }: SentBody): Record<string, unknown> | undefined {
  return formRecord(text, contentType);
}
