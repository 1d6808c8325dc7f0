import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const css = readFileSync(fileURLToPath(new URL('../../src/dashboard/style.css', import.meta.url)), 'utf8');
const [tokens = '', ...rest] = css.split(/^}\n/m);

type Scheme = 'light' | 'dark';
type Rgb = readonly [number, number, number];

function rgbOf(hex: string): Rgb {
  const digits =
    hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit) : hex.slice(1).match(/../g)!;
  return digits.slice(0, 3).map((two) => Number.parseInt(two, 16)) as unknown as Rgb;
}

const COLOURS = new Map(
  [...tokens.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light: rgbOf(light), dark: rgbOf(dark) }],
  ),
);

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string, scheme: Scheme): number {
  const [one, other] = [a, b].map((name) => luminance(COLOURS.get(name)![scheme])) as [number, number];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

const SCHEMES = ['light', 'dark'] as const;

describe("the page's style", () => {
  it('computes contrast as WCAG does', () => {
    expect((luminance([255, 255, 255]) + 0.05) / (luminance([0, 0, 0]) + 0.05)).toBeCloseTo(21, 9);
    expect(COLOURS.size).toBe(20);
  });

  it.each(SCHEMES)('has text of at least 4.5 : 1 on every ground in %s', (scheme) => {
    const texts = ['text', 'text-2', 'text-3', 'accent', 'tp', 'sus', 'ben', 'fp'];
    const weak = texts.flatMap((text) =>
      ['bg', 'surface', 'raised', 'accent-weak']
        .map((ground) => ({ text, ground, ratio: contrast(text, ground, scheme) }))
        .filter(({ ratio }) => ratio < 4.5),
    );
    expect(weak).toEqual([]);
    expect(contrast('on-accent', 'accent', scheme)).toBeGreaterThan(4.5);
  });

  it.each(SCHEMES)('has marks of at least 3 : 1 on cards in %s', (scheme) => {
    const marks = ['tp-fill', 'sus-fill', 'ben-fill', 'fp-fill', 'accent'];
    expect(marks.filter((mark) => contrast(mark, 'surface', scheme) < 3)).toEqual([]);
  });

  it('names no colour outside the block of tokens, and no text below 12 px', () => {
    expect(rest.join('}').match(/#[\da-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(/gi)).toBeNull();
    const sizes = [...css.matchAll(/\bfont(?:-size)?:[^;]*?(\d+(?:\.\d+)?)px/g)].map(([, size]) =>
      Number(size),
    );
    expect(sizes.length).toBeGreaterThan(10);
    expect(Math.min(...sizes)).toBe(12);
  });
});
