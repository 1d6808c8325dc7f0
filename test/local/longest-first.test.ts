import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { LONGEST } from '../support/longest-first.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

it('names files that there are, each once', () => {
  expect(LONGEST.filter((name) => !existsSync(join(root, `test/${name}.test.ts`)))).toEqual([]);
  expect(new Set(LONGEST).size).toBe(LONGEST.length);
});
