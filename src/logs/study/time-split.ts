import { AlertforestError } from '../../errors.ts';
import { stratifiedQuarter } from '../lab/stratified-quarter.ts';
import type { RowLabels } from './row-labels.ts';

export interface StudySplit {
  /** Rows, ascending. */
  readonly fit: Int32Array;
  readonly test: Int32Array;
  /** ms since 1970 at which the test begins; undefined where it was drawn at random. */
  readonly fromMs: number | undefined;
  readonly words: string;
}

export interface SplitOptions {
  readonly seed: number;
  readonly testFromMs?: number;
  readonly embargoMs: number;
  /** Rows of unseen kinds: they leave the fit part and are the test's attacks. */
  readonly held?: (i: number) => boolean;
}

/** Share of the rows in time before the test. */
const FIT_SHARE = 2 / 3;
/** Rows of each label on each side below which a figure says nothing. */
const LEAST = 5;

/**
 * The later part is the test, with an embargo before it: rows that began in it are in neither. Where rows have no times a
 * quarter is drawn at random.
 *
 * @throws AlertforestError REQUEST_INVALID where one side has one class only
 */
export function timeSplit(time: Float64Array, labels: RowLabels, options: SplitOptions): StudySplit {
  const { seed, testFromMs, embargoMs, held = () => false } = options;
  const labelled = indices(labels.attack, (value) => value >= 0);
  const timed = labelled.filter((i) => !Number.isNaN(time[i]));
  const hasTime = timed.length > labelled.length / 2;
  if (testFromMs !== undefined && !hasTime)
    throw new AlertforestError(
      'REQUEST_INVALID',
      'Expected rows with times for --test-from, they have none.',
    );
  const fromMs = hasTime ? (testFromMs ?? cutOf(time, timed)) : undefined;
  const random = fromMs === undefined ? randomTest(labels, labelled, seed) : undefined;
  const isTest = (i: number): boolean => random?.has(i) ?? (time[i] as number) >= (fromMs as number);
  const isFit = (i: number): boolean =>
    random === undefined ? (time[i] as number) < (fromMs as number) - embargoMs : !random.has(i);
  const rows = hasTime ? timed : labelled;
  const hasHeld = rows.some(held);
  if (options.held !== undefined && !hasHeld)
    throw new AlertforestError('REQUEST_INVALID', 'No row is of a kind that --hold-out names.');
  const fit = rows.filter((i) => isFit(i) && !held(i));
  const test = rows.filter((i) => (hasHeld && labels.attack[i] === 1 ? held(i) : isTest(i)));
  const split = { fit: Int32Array.from(fit), test: Int32Array.from(test), fromMs };
  checkClasses(labels, split);
  return { ...split, words: wordsOf(fromMs, embargoMs, hasHeld) };
}

function wordsOf(fromMs: number | undefined, embargoMs: number, hasHeld: boolean): string {
  const held = hasHeld ? '; its attacks are the kinds held out' : '';
  if (fromMs === undefined) return `a random quarter, since the rows have no times${held}`;
  const embargo = embargoMs > 0 ? `, ${Math.round(embargoMs / 60_000)} min before it in neither part` : '';
  return `everything from ${new Date(fromMs).toISOString()}${embargo}${held}`;
}

function cutOf(time: Float64Array, timed: Int32Array): number {
  const sorted = Float64Array.from(timed, (i) => time[i] as number).sort();
  return sorted[Math.floor(FIT_SHARE * sorted.length)] as number;
}

function randomTest(labels: RowLabels, labelled: Int32Array, seed: number): Set<number> {
  const { test } = stratifiedQuarter(
    Int32Array.from(labelled, (i) => labels.attack[i] as number),
    seed,
  );
  return new Set(test.map((at) => labelled[at] as number));
}

function indices(values: Int8Array, keep: (value: number) => boolean): Int32Array {
  return Int32Array.from(values, (_, i) => i).filter((i) => keep(values[i] as number));
}

function checkClasses(labels: RowLabels, { fit, test }: { fit: Int32Array; test: Int32Array }): void {
  for (const [name, rows] of [
    ['to learn from', fit],
    ['to test on', test],
  ] as const) {
    const attacks = rows.filter((i) => labels.attack[i] === 1).length;
    const rest = rows.length - attacks;
    if (Math.min(attacks, rest) >= LEAST) continue;
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected at least ${LEAST} attacks and ${LEAST} other rows ${name}, got ${attacks} and ${rest}; --test-from names another cut, --embargo the time before it that is left out, --rest normal says that unlabelled rows are no attacks.`,
    );
  }
}
