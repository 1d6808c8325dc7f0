import { expect } from 'vitest';

/** A report asks nothing of the network, holds everything itself, and stays small enough to forward. */
export function expectSelfContained(html: string): void {
  expect(html.endsWith('</script></body></html>\n')).toBe(true);
  expect(html.length).toBeLessThan(300_000);
  expect(html).not.toMatch(
    /<(script|link|img|iframe|object|embed|video|audio|source)\b[^>]*\s(src|href|data)=/,
  );
  expect(
    /url\(|@import|fetch\(|XMLHttpRequest|EventSource|WebSocket|sendBeacon|import\(/.exec(html)?.[0],
  ).toBeUndefined();
  expect([...html.matchAll(/href="([^"]*)"/g)].filter(([, target]) => !target!.startsWith('#part-'))).toEqual(
    [],
  );
}

/** Every figure on the page is one of the JSON report, rounded and no more. */
export function expectFiguresOf(html: string, report: unknown): void {
  const known = new Set(numbersIn(report).map(String));
  const figures = [...html.matchAll(/<data value="([^"]*)">([^<]*)<\/data>/g)];
  expect(figures.length).toBeGreaterThan(40);
  for (const [whole, exact, words] of figures) {
    expect(known.has(exact!), `${whole} is not in the JSON report`).toBe(true);
    const scale = words!.endsWith('%') ? 100 : 1;
    const text = words!.replace(/[%,+\s]/g, '');
    const step = 10 ** -(text.split('.')[1]?.length ?? 0);
    expect(Math.abs(Number(text) - scale * Number(exact)), whole).toBeLessThanOrEqual(0.5001 * step);
  }
}

/** Says which words are missing, without the page around them. */
export function expectMentions(html: string, words: readonly string[]): void {
  expect(words.filter((word) => !html.includes(word))).toEqual([]);
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}
