import { AlertforestError } from '../errors.ts';
import { cellsOf } from '../reading/table-rows.ts';
import type { LogHead } from './formats/log-format.ts';
import { firstRecords } from './json-records.ts';

/** Bytes by which a format is told. */
export const HEAD_BYTES = 64 * 1024;

/** First bytes of files that hold no text, what they are, and what makes text of them. */
const BINARY: readonly (readonly [magic: readonly number[], what: string, wayOut: string])[] = [
  [[0xd4, 0xc3, 0xb2, 0xa1], 'a packet capture', 'make flows of it with nfstream or Zeek'],
  [[0xa1, 0xb2, 0xc3, 0xd4], 'a packet capture', 'make flows of it with nfstream or Zeek'],
  [[0x4d, 0x3c, 0xb2, 0xa1], 'a packet capture', 'make flows of it with nfstream or Zeek'],
  [[0xa1, 0xb2, 0x3c, 0x4d], 'a packet capture', 'make flows of it with nfstream or Zeek'],
  [[0x0a, 0x0d, 0x0d, 0x0a], 'a packet capture (pcapng)', 'make flows of it with nfstream or Zeek'],
  [
    [...Buffer.from('ElfFile\0')],
    'a Windows event log (EVTX)',
    'export it as JSON, with evtx_dump -o jsonl or Get-WinEvent | ConvertTo-Json',
  ],
  [[0x0c, 0xa5], 'a capture file of nfdump', 'write it as text with nfdump -r FILE -o csv'],
  [[0xa5, 0x0c], 'a capture file of nfdump', 'write it as text with nfdump -r FILE -o csv'],
  [[0x83, 0x10], 'an argus file', 'write it as text with ra -r FILE -c , and a time format with the date'],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive or a workbook', 'unpack it, or save it as CSV'],
  [[0x42, 0x5a, 0x68], 'compressed with bzip2', 'unpack it, or pack it with gzip'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'compressed with xz', 'unpack it, or pack it with gzip'],
  [[...Buffer.from('SQLite format 3')], 'a SQLite database', 'export its table as CSV'],
  [[0x4f, 0x62, 0x6a, 0x01], 'an Avro file', 'export it as JSON lines'],
  [[...Buffer.from('ORC')], 'an ORC file', 'export it as Parquet or CSV'],
  [[...Buffer.from('LPKSHHRH')], 'a journal of systemd', 'export it with journalctl -o json'],
];

export const isParquet = (head: Uint8Array): boolean =>
  Buffer.from(head.subarray(0, 4)).toString('latin1') === 'PAR1';

/** @throws AlertforestError REQUEST_INVALID where the bytes are no text, naming a way out; or where there are none */
export function checkIsText(head: Buffer, name: string): void {
  const known = BINARY.find(([magic]) => magic.every((byte, at) => head[at] === byte));
  if (known !== undefined)
    throw new AlertforestError('REQUEST_INVALID', `${name} is ${known[1]}: ${known[2]}.`);
  if (head.includes(0)) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `${name} holds binary data: export it as text, one event a line, or as Parquet.`,
    );
  }
  if (head.length < HEAD_BYTES && head.toString('latin1').trim() === '')
    throw new AlertforestError('REQUEST_INVALID', `Expected ${name} to hold at least one line, it is empty.`);
}

/** What the first bytes of a text show. */
export function headOf(bytes: Buffer, name: string): LogHead {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  const isWhole = bytes.length < HEAD_BYTES;
  const all = text.split('\n');
  // the last line is cut unless the file ends there
  const lines = (isWhole || all.length === 1 ? all : all.slice(0, -1))
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => line.trim() !== '' && !/^sep=.$/i.test(line));
  const first = text.trimStart();
  const isJson = first.startsWith('{') || /^\[\s*[[{\]]/.test(first);
  return {
    name,
    lines,
    table: isJson ? undefined : headerOf(lines[0] ?? ''),
    records: isJson ? firstRecords(bytes, lines) : [],
  };
}

const DELIMITERS = [',', '\t', ';', '|'];

function headerOf(line: string): LogHead['table'] {
  const [delimiter = ','] = DELIMITERS.toSorted((a, b) => line.split(b).length - line.split(a).length);
  const header = (line.includes('"') ? cellsOf(line, delimiter) : line.split(delimiter)) ?? [];
  return header.length < 2 ? undefined : { delimiter, header };
}
