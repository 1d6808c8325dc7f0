// Writes the table of known formats in docs/formats.md from the dialects in src/intake.
//
//   node scripts/formats.ts            write it
//   node scripts/formats.ts --check    exit 1 if it is not what the dialects say

import { readFileSync } from 'node:fs';
import type { Dialect } from '../src/intake/dialects/dialect.ts';
import { DIALECTS } from '../src/intake/dialects/dialect-list.ts';
import { CANONICAL_ROW } from '../src/intake/dialects/generic/canonical-alert.ts';
import { genericAlert } from '../src/intake/dialects/generic/generic-alert.ts';
import { runGenerator } from './generated-files.ts';

const PAGE = 'docs/formats.md';

const HEAD = `| dialect | record | recognised by | id | happened at | severity from | tactics and techniques from | entities from |
|---|---|---|---|---|---|---|---|
`;

/** The rows of the page, in the order in which the dialects are asked; our own form and what is left over come last. */
export function formatRows(dialects: readonly Pick<Dialect, 'name' | 'title' | 'reads'>[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return dialects
    .map(({ name, title, reads }) => {
      const { recognisedBy, id, time, severity, tactics, entities } = reads;
      const cells = [`\`${name}\``, title, recognisedBy, id, time, severity, tactics, entities];
      return `| ${cells.map(cell).join(' | ')} |\n`;
    })
    .join('');
}

/** Path -> text of the one generated file. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const page = readFileSync(new URL(`../${PAGE}`, import.meta.url), 'utf8');
  const table = /\n\| dialect \|.*\n\|[-|]+\|\n(?:\|.*\n)*/;
  if (!table.test(page)) throw new Error(`Expected the table of dialects in ${PAGE}.`);
  const rows = formatRows([...DIALECTS, CANONICAL_ROW, genericAlert]);
  return { [PAGE]: page.replace(table, () => `\n${HEAD}${rows}`) };
}

await runGenerator(import.meta.url, 'npm run formats', generatedFiles);
