import { isUtf8 } from 'node:buffer';
import type { TextInput } from './open-text.ts';
import { MAX_LINE_BYTES } from './text-lines.ts';

export interface LineBatch {
  readonly lines: readonly string[];
  /** Lines of it that were not UTF-8 and are read as Windows-1252. */
  readonly nNotUtf8: number;
  /** Bytes of the file, unpacked, up to its end. */
  readonly nBytes: number;
}

const NEWLINE = 0x0a;
const WINDOWS_1252 = new TextDecoder('windows-1252');

/**
 * Lines in batches of a piece of the input each, ends taken off. Reads what is not UTF-8 as Windows-1252, line by line:
 * logs hold what a sender typed. A line longer than {@link MAX_LINE_BYTES} comes as an empty one.
 */
export async function* lineBatches(input: TextInput): AsyncGenerator<LineBatch> {
  let rest: Buffer[] = [];
  let nRest = 0;
  let isTooLong = false;
  let nBytes = 0;
  for await (const piece of input) {
    const bytes =
      typeof piece === 'string'
        ? Buffer.from(piece)
        : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    nBytes += bytes.length;
    const end = bytes.lastIndexOf(NEWLINE);
    if (end === -1) {
      nRest += bytes.length;
      if (nRest > MAX_LINE_BYTES) {
        isTooLong = true;
        rest = [];
      } else rest.push(bytes);
      continue;
    }
    const head = bytes.subarray(0, end);
    const whole = rest.length === 0 && !isTooLong ? head : Buffer.concat([...rest, head]);
    const batch = decoded(whole);
    if (isTooLong) batch.lines[0] = '';
    yield { ...batch, nBytes };
    const tail = bytes.subarray(end + 1);
    rest = tail.length === 0 ? [] : [tail];
    nRest = tail.length;
    isTooLong = false;
  }
  if (nRest > 0 && !isTooLong) yield { ...decoded(Buffer.concat(rest)), nBytes };
}

function decoded(bytes: Buffer): { lines: string[]; nNotUtf8: number } {
  if (isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    const lines = text.split('\n');
    if (text.includes('\r'))
      for (let i = 0; i < lines.length; i++) lines[i] = withoutReturn(lines[i] as string);
    return { lines, nNotUtf8: 0 };
  }
  const lines: string[] = [];
  let nNotUtf8 = 0;
  for (let from = 0; from <= bytes.length; ) {
    const at = bytes.indexOf(NEWLINE, from);
    const line = bytes.subarray(from, at === -1 ? bytes.length : at);
    const isText = isUtf8(line);
    if (!isText) nNotUtf8++;
    lines.push(withoutReturn(isText ? line.toString('utf8') : WINDOWS_1252.decode(line)));
    if (at === -1) break;
    from = at + 1;
  }
  return { lines, nNotUtf8 };
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
