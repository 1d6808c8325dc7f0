import { stat } from 'node:fs/promises';
import { openText } from '../../logs/open-text.ts';
import { LOG_COLUMNS } from '../../logs/raw-log.ts';
import { textLines } from '../../logs/text-lines.ts';
import type { Format } from './formats.ts';

/** What a file looks like; `logs` are raw security logs. */
export type Guess = Format | 'logs' | 'document';

const WORDS: Readonly<Record<Exclude<Guess, Format>, string>> = {
  logs: 'raw logs, which the command pipeline reads',
  document: 'one JSON document over many lines, not one object a line',
};

/** `guide: try --format guide` and the like, for a message. */
export function formatWords(guess: Guess): string {
  return guess in WORDS ? WORDS[guess as keyof typeof WORDS] : `${guess} (--format ${guess})`;
}

/**
 * What the first line says a file is; undefined where it says nothing clear. Reads no further than that line.
 *
 * @throws AlertforestError REQUEST_INVALID where the file cannot be read
 */
export async function looksLike(path: string): Promise<Guess | undefined> {
  // A pipe can be read once, and not by this.
  if (path === '-' || (await stat(path).catch(() => undefined))?.isFile() === false) return undefined;
  for await (const { text } of textLines(openText(path))) {
    if (text === undefined) return undefined;
    // Excel's word on the separator is no header.
    if (text.trim() !== '' && !/^sep=.$/i.test(text.trim())) return guessOf(text.trim());
  }
  return undefined;
}

function guessOf(line: string): Guess | undefined {
  if (line === '{' || line === '[') return 'document';
  if (line.startsWith('{')) return guessOfJson(line);
  const names = line.split(/[,;\t|]/).map((name) => name.trim().replace(/^"|"$/g, ''));
  if (names.includes('IncidentGrade') && names.includes('OrgId')) return 'guide';
  const lower = new Set(names.map((name) => name.toLowerCase()));
  const nLogColumns = LOG_COLUMNS.filter((column) => lower.has(column)).length;
  if (nLogColumns > LOG_COLUMNS.length / 2 && !lower.has('disposition')) return 'logs';
  return lower.has('disposition') ? 'csv' : undefined;
}

function guessOfJson(line: string): Guess | undefined {
  let item: Readonly<Record<string, unknown>>;
  try {
    item = JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  if (!('alert' in item)) return undefined;
  if ('disposition' in item) return 'canonical';
  return item['label'] === 'TP' || item['label'] === 'FP' ? 'wazuh' : undefined;
}
