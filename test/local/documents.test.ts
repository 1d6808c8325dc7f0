import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const NOT_OURS = /(^|\/)(node_modules|dist|\.\w[^/]*)(\/|$)/;
const PAGES = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
  .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
  .filter((path) => !NOT_OURS.test(path) && !path.startsWith('test/fixtures/'));

const withoutCode = (text: string): string =>
  text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** The word behind `#` for each heading, as the hosts of repositories make it. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Links of a page that lead nowhere. */
function deadLinks(page: string): string[] {
  const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
  });
}

describe('the documents', () => {
  it('are found', () => {
    expect(PAGES).toEqual(
      expect.arrayContaining(['README.md', 'docs/deploy.md', 'integrations/wazuh/README.md']),
    );
    expect(PAGES.length).toBeGreaterThan(35);
  });

  it('have no link that leads nowhere', () => {
    expect(PAGES.flatMap((page) => deadLinks(page).map((link) => `${page}: ${link}`))).toEqual([]);
  });

  it('are all in the index', () => {
    const linked = [...read('docs/README.md').matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
    const pages = readdirSync(join(root, 'docs')).filter(
      (name) => name.endsWith('.md') && name !== 'README.md',
    );
    expect(pages.filter((name) => !linked.includes(name))).toEqual([]);
  });
});

describe('README', () => {
  it('has the figures of docs/evaluation.md', () => {
    const [, ...stated] =
      /macro-F1 is ([\d.]+) by incident, ([\d.]+) for days not seen yet, ([\d.]+) for tenants/.exec(
        read('README.md'),
      ) as RegExpExecArray;
    const [, ...measured] =
      /macro-F1 ([\d.]+) by\s+incident, ([\d.]+) over time and ([\d.]+) with tenants held out/.exec(
        read('docs/evaluation.md'),
      ) as RegExpExecArray;
    expect(stated).toEqual(measured.map((figure) => Number(figure).toFixed(2)));
  });

  it('stays a page that a stranger reads in two minutes', () => {
    expect(read('README.md').split(/\s+/).length).toBeLessThan(450);
  });
});
