import { styleText } from 'node:util';
import type { Command } from 'commander';
import { type TableOptions, textTable } from './text-table.ts';

export interface ShowFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** How an answer is shown; `--json` gives what the service answers. */
export function addShowOptions(command: Command): Command {
  return command
    .option('--json', 'print the whole answer as JSON')
    .option('--quiet', 'no summary line, no progress');
}

/** An answer for people: a table or text, and what it comes to in one line. */
export interface Shown {
  readonly text: string;
  readonly summary: string;
}

/** The answer goes to the standard output, the line to stderr. */
export function show(answer: unknown, { json = false, quiet = false }: ShowFlags, shown: () => Shown): void {
  if (json) {
    console.log(JSON.stringify(answer, undefined, 2));
    return;
  }
  const { text, summary } = shown();
  if (text !== '') console.log(text);
  if (!quiet) console.error(summary);
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Only a terminal shows colours, and NO_COLOR or TERM=dumb switches them off. */
const isColored = (): boolean => process.stdout.isTTY && process.stdout.hasColors();

const styled = (style: Style, text: string): string => (isColored() ? styleText(style, text) : text);

/** Words of states that are good, want a look, or are bad. */
const STYLES: Readonly<Record<string, Style>> = {
  ok: 'green',
  fixed: 'green',
  promoted: 'green',
  serving: 'green',
  close: 'green',
  ready: 'green',
  review: 'yellow',
  degraded: 'yellow',
  loading: 'yellow',
  refused: 'yellow',
  wrong: 'red',
  failed: 'red',
  escalate: 'red',
  unavailable: 'red',
};

/** The word of a state in its colour; anything else as it is. */
export function stateWord(cell: string): string {
  const style = STYLES[cell.trimEnd()];
  return style === undefined ? cell : styled(style, cell);
}

/** A table whose cells are coloured where they are a word of a state. */
export function stateTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: Pick<TableOptions, 'maxCell'> = {},
): string {
  if (rows.length === 0) return '';
  return textTable(header, rows, {
    ...options,
    paint: stateWord,
    paintHeader: (name) => styled('bold', name),
  });
}

/** One row a record, under the names of the first; '' where there is none. */
export function recordTable(records: readonly Readonly<Record<string, string | number>>[]): string {
  const names = Object.keys(records[0] ?? {});
  return stateTable(
    names,
    records.map((record) => names.map((name) => String(record[name]))),
  );
}

/** Names and values one below the other. */
export function factTable(facts: readonly (readonly [name: string, value: string])[]): string {
  return stateTable(['what', 'value'], facts);
}

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/** Minutes are enough for a person. */
export const shortTime = (iso: string | null | undefined): string =>
  iso === null || iso === undefined ? '' : iso.slice(0, 16).replace('T', ' ');
