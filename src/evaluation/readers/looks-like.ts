import { stat } from 'node:fs/promises';
import { jsonIn } from '../../intake/values/json-text.ts';
import { LOG_COLUMNS } from '../../logs/lab/raw-log.ts';
import { openText } from '../../logs/open-text.ts';
import { textLines } from '../../logs/text-lines.ts';
import { labelledLine } from './labelled-line.ts';

/** What a file looks like: evidence rows of GUIDE, labelled alerts, raw security logs. */
export type Guess = 'guide' | 'alerts' | 'logs';

const WORDS: Readonly<Record<Guess, string>> = {
  guide: 'guide (--format guide)',
  alerts: 'labelled alerts (--format auto)',
  logs: 'raw logs, which the command pipeline reads',
};

/** `guide (--format guide)` and the like, for a message. */
export const guessWords = (guess: Guess): string => WORDS[guess];

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
  if (line.startsWith('{')) return labelledLine(jsonIn(line)) === undefined ? undefined : 'alerts';
  const names = line.split(/[,;\t|]/).map((name) => name.trim().replace(/^"|"$/g, ''));
  if (names.includes('IncidentGrade') && names.includes('OrgId')) return 'guide';
  const lower = new Set(names.map((name) => name.toLowerCase()));
  const nLogColumns = LOG_COLUMNS.filter((column) => lower.has(column)).length;
  if (nLogColumns > LOG_COLUMNS.length / 2 && !lower.has('disposition')) return 'logs';
  return lower.has('disposition') ? 'alerts' : undefined;
}
