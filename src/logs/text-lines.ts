import { isUtf8 } from 'node:buffer';
import { jsonErrorOffset } from './json-error.ts';
import type { TextInput } from './open-text.ts';
import { type Misfit, shown } from './skip-counts.ts';

/** Bytes a line may have: a file without line ends must not fill the memory. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface TextLine {
  /** From 1. */
  readonly line: number;
  /** Without its end; undefined where the line is longer than allowed and was passed over. */
  readonly text: string | undefined;
  /** False where the bytes are none of UTF-8: `text` then holds replacement characters. */
  readonly isUtf8: boolean;
}

/**
 * Lines of UTF-8 text, ended by LF or CRLF; a separator such as U+2028 inside a JSON string ends none. Memory holds
 * one line and one piece of the input.
 */
export async function* textLines(input: TextInput, maxBytes = MAX_LINE_BYTES): AsyncGenerator<TextLine> {
  let line = 1;
  let parts: Buffer[] = [];
  let nBytes = 0;
  const finished = (): TextLine => {
    const isWhole = nBytes <= maxBytes;
    const bytes = isWhole ? Buffer.concat(parts, nBytes) : undefined;
    const text = bytes?.toString('utf8');
    parts = [];
    nBytes = 0;
    return {
      line: line++,
      text: text?.endsWith('\r') ? text.slice(0, -1) : text,
      // The character also stands in texts that were damaged before.
      isUtf8: bytes === undefined || !text?.includes('\ufffd') || isUtf8(bytes),
    };
  };
  for await (const piece of input) {
    const bytes =
      typeof piece === 'string'
        ? Buffer.from(piece)
        : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
      keep(bytes.subarray(from, at));
      yield finished();
      from = at + 1;
    }
    keep(bytes.subarray(from));
  }
  if (nBytes > 0) yield finished();

  function keep(part: Buffer): void {
    nBytes += part.length;
    if (nBytes > maxBytes) parts = [];
    else if (part.length > 0) parts.push(part);
  }
}

/** What is wrong with a line that is too long. */
export const TOO_LONG: Misfit = {
  column: `character ${MAX_LINE_BYTES}`,
  expected: `a line of at most ${MAX_LINE_BYTES / 1024 / 1024} MiB`,
  got: 'a longer one',
};

/** What is wrong with a line that is no UTF-8 text. */
export const NOT_UTF8: Misfit = {
  column: 'character 1',
  expected: 'UTF-8 text',
  got: 'bytes that are not of it; name another encoding, such as --encoding windows-1252',
};

/** What is wrong with a line that `JSON.parse` refused, with the character at which it stops being JSON, from 1. */
export function jsonMisfit(text: string): Misfit {
  const at = jsonErrorOffset(text) ?? 0;
  const rest = text.slice(at, at + 40);
  return {
    column: `character ${at + 1}`,
    expected: 'JSON',
    got: rest === '' ? 'the end of the line' : shown(rest),
  };
}
