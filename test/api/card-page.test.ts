import { Marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { cardHtml, cardMarkdown } from '../../src/api/versions/card-page.ts';
import { inMarkdown } from '../../src/training/fit/in-markdown.ts';
import { fc } from '../support/fast-check.ts';

const card = (text: string, reasons: string[] = []) => ({
  model: 'classifier',
  version: '1.2.0',
  sha256: '0'.repeat(64),
  decision: 'promoted' as const,
  provisional: true,
  reasons,
  card: `# Model card: classifier\n\n| | |\n|---|---|\n| excluded analysts | ${text} |\n`,
});

/** Every tag that the page opens, in its body. */
const tagsOf = (html: string): Set<string> =>
  new Set([...html.slice(html.indexOf('<main>')).matchAll(/<([a-z0-9]+)/g)].map(([, tag]) => tag!));

describe('the page of a model card', () => {
  it('says the decision, its reasons and the card', () => {
    const html = cardHtml(card('none', ['costs 0.12 less, 90 % interval 0.02 to 0.2']));
    expect(html).toContain('<strong>classifier 1.2.0: promoted, provisionally.</strong>');
    expect(html).toContain('<li>costs 0.12 less, 90 % interval 0.02 to 0.2</li>');
    expect(html).toContain('<h1>Model card: classifier</h1>');
    expect(html).toContain('<td>excluded analysts</td>');
    expect(cardMarkdown(card('none'))).toContain('# Model card: classifier');
  });

  // of builds that wrote names as they were given
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg/onload=alert(1)>',
    '[me](javascript:alert(1))',
    '![me](https://attacker.example/x.png)',
    'https://attacker.example/',
    '<https://attacker.example/>',
    '<a href="javascript:alert(1)">me</a>',
    '</main></body><iframe src="//attacker.example">',
  ])('shows the name %s as text', (name) => {
    const tags = tagsOf(cardHtml(card(name, [name])));
    for (const tag of ['script', 'img', 'svg', 'a', 'iframe']) expect(tags).not.toContain(tag);
    expect(cardHtml(card(name)).match(/<\/main>/g)).toHaveLength(1);
  });
});

describe('a name in markdown', () => {
  it('is shown whole and as nothing but text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }), (name) => {
        const html = new Marked({ gfm: true }).parse(`| a |\n|---|\n| x${inMarkdown(name)}x |\n`, {
          async: false,
        });
        const tags = [...html.matchAll(/<\/?([a-z0-9]+)/g)].map(([, tag]) => tag!);
        const table = ['table', 'thead', 'tr', 'th', 'tbody', 'td'];
        expect(tags.filter((tag) => !table.includes(tag))).toEqual([]);
        expect(html.match(/<td>/g)).toHaveLength(1);
      }),
    );
  });
});
