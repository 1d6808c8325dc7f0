import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DIALECTS } from '../../src/intake/dialects/dialect-list.ts';
import { CANONICAL } from '../../src/intake/dialects/generic/canonical-alert.ts';
import { genericAlert } from '../../src/intake/dialects/generic/generic-alert.ts';

it('docs/formats.md has a row for every dialect and for none that does not exist', () => {
  const text = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z0-9_]+)` \|/gm)].map((match) => match[1]);
  expect(rows.sort()).toEqual([...DIALECTS.map(({ name }) => name), CANONICAL, genericAlert.name].sort());
});
