import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Most files that lie directly in one folder: more of them are more than one idea. */
const MOST_FILES = 25;

function folders(path: string): string[] {
  return [
    path,
    ...readdirSync(join(root, path), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => folders(`${path}/${name}`)),
  ];
}

const childrenOf = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

describe('docs/architecture.md', () => {
  const page = text('docs/architecture.md');

  it('lists the rooms that are there, each once', () => {
    const rows = [...page.matchAll(/^\| `src\/(\w+)` \|/gm)].map(([, room]) => room);
    expect(rows.toSorted()).toEqual(childrenOf('src').toSorted());
  });

  it('lists the folders of the training, and none besides', () => {
    const [, line = ''] = /^\| `src\/training` \|(.*)$/m.exec(page) ?? [];
    const named = [...line.matchAll(/`(\w+)\/`/g)].map(([, folder]) => folder);
    expect(named.toSorted()).toEqual(childrenOf('src/training').toSorted());
  });

  it('names only files that exist', () => {
    const files = [...page.matchAll(/`((?:functions|src|docs|scripts|test)\/[\w./-]+\.\w+)`/g)].map(
      ([, file]) => file!,
    );
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) expect(() => text(file), file).not.toThrow();
  });
});

describe('the rules for imports', () => {
  it('know every room but the one that builds them', () => {
    const rules = text('.dependency-cruiser.cjs');
    const ruled = childrenOf('src').filter((room) => new RegExp(`^  ${room}: \\[`, 'm').test(rules));
    expect(childrenOf('src').filter((room) => !ruled.includes(room))).toEqual(['wiring']);
  });
});

describe('folders of the sources', () => {
  it(`hold at most ${MOST_FILES} files of their own`, () => {
    const crowded = folders('src').filter((folder) => {
      const files = readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      );
      return files.length > MOST_FILES;
    });
    expect(crowded).toEqual([]);
  });
});

describe('docs/decisions.md', () => {
  const entries = text('docs/decisions.md')
    .split('\n')
    .filter((line) => line.startsWith('- **'));

  it('numbers its decisions one after the other and dates each', () => {
    const numbers = entries.map((line) => /^- \*\*(\d+) · \d{4}-\d{2}-\d{2} · /.exec(line)?.[1] ?? line);
    expect(numbers).toEqual(entries.map((_, i) => String(i + 1)));
  });
});

describe('docs/README.md', () => {
  it('leads to every page', () => {
    const pages = readdirSync(join(root, 'docs')).filter(
      (name) => name.endsWith('.md') && name !== 'README.md',
    );
    const index = text('docs/README.md');
    expect(pages.filter((name) => !index.includes(`(${name})`))).toEqual([]);
  });
});
