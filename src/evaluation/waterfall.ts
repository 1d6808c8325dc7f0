import { Html, html } from './html-page.ts';

/** One step of a waterfall. */
export interface Step {
  readonly label: string;
  readonly adds: number;
}

const WIDTH = 640;
const LABEL_WIDTH = 280;
const ROW = 22;
const BAR = 14;
/** Room for the number behind a bar. */
const NUMBER_WIDTH = 60;

/**
 * How steps lead from one probability to another: a bar for each, where it begins and ends, red where it speaks for an
 * attack and green where it speaks against.
 *
 * @param from 0-1, before the first step
 */
export function waterfall(from: number, steps: readonly Step[]): Html {
  const ends = [from];
  for (const { adds } of steps) ends.push((ends.at(-1) as number) + adds);
  const least = Math.min(0, ...ends);
  const most = Math.max(1e-9, ...ends);
  const x = (value: number): number =>
    LABEL_WIDTH + ((value - least) / (most - least)) * (WIDTH - LABEL_WIDTH - NUMBER_WIDTH);
  const rounded = (value: number): string => value.toFixed(1);
  const line = (i: number, label: string, begin: number, end: number, kind: string, number: string): Html => {
    const y = ROW * i + (ROW - BAR) / 2;
    const left = Math.min(x(begin), x(end));
    const width = Math.max(1, Math.abs(x(end) - x(begin)));
    return html`<text class="quiet" x="${String(LABEL_WIDTH - 8)}" y="${rounded(y + BAR - 3)}" text-anchor="end">${label}</text><rect class="${kind}" x="${rounded(left)}" y="${rounded(y)}" width="${rounded(width)}" height="${String(BAR)}"/><text x="${rounded(Math.max(x(begin), x(end)) + 5)}" y="${rounded(y + BAR - 3)}">${number}</text>`;
  };
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
  const bars = steps.map(({ label, adds }, i) =>
    line(i + 1, label, ends[i] as number, ends[i + 1] as number, adds < 0 ? 'against' : 'for', signed(adds)),
  );
  const last = ends.at(-1) as number;
  const drawn = new Html(bars.map(({ text }) => text).join(''));
  const height = ROW * (steps.length + 2);
  return html`<svg class="waterfall" viewBox="0 0 ${String(WIDTH)} ${String(height)}" role="img" aria-label="from ${from.toFixed(3)} to ${last.toFixed(3)} in ${String(steps.length)} steps">${line(0, 'before any column is known', 0, from, 'whole', from.toFixed(3))}${drawn}${line(steps.length + 1, 'forest', 0, last, 'whole', last.toFixed(3))}</svg>`;
}
