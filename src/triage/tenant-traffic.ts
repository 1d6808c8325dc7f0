import { z } from 'zod';
import { hash64, lastHash } from '../features/hash64.ts';

/** An alert counts 1 when it arrives and 1/e a day later. */
const TIME_CONSTANT_MS = 86_400_000;
/** A count says nothing before the stream was watched for this long. */
const WARM_UP_MS = 86_400_000;
/** What is less than this many alerts by now is forgotten. */
const FORGOTTEN_BELOW = 0.01;
/** Tenants in a sketch at most, the busiest: keeps it below 30,000 characters. */
const MAX_SKETCHED = 1_300;
/** Tenants counted at most; beyond it the quietest are forgotten first. */
const MAX_TENANTS = 20_000;
/** A stream that nobody watched for longer than this starts anew: how busy a tenant is cannot be told from a gap. */
const MAX_GAP_MS = 3 * 3_600_000;

const sketchSchema = z.object({
  since: z.number(),
  at: z.number(),
  counts: z.record(z.string(), z.number().nonnegative()),
});

type Sketch = z.infer<typeof sketchSchema>;

interface Count {
  value: number;
  /** When `value` was true, ms. */
  atMs: number;
}

/**
 * How many alerts each tenant raised in about the last day, judged or not. A count fades with a time constant of 24
 * hours, so one number a tenant is enough, and the counts of several instances add up. Tenants are kept as hashes.
 */
export class TenantTraffic {
  readonly #own = new Map<number, Count>();
  #others: ReadonlyMap<number, Count> = new Map();
  #sinceMs: number;

  /** @param sinceMs when this stream began to be watched */
  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  /**
   * Alerts of `tenant` in about the last day before `nowMs`, >= 0; NaN until the stream was watched for a day.
   *
   * @param tenant undefined: alerts that name none are one tenant
   */
  alertsOf(tenant: string | undefined, nowMs: number): number {
    if (nowMs - this.#sinceMs < WARM_UP_MS) return Number.NaN;
    const key = keyOf(tenant);
    return faded(this.#own.get(key), nowMs) + faded(this.#others.get(key), nowMs);
  }

  /** Counts one alert of `tenant`. */
  note(tenant: string | undefined, nowMs: number): void {
    const key = keyOf(tenant);
    const count = this.#own.get(key);
    if (count === undefined) {
      if (this.#own.size >= MAX_TENANTS) this.#forget(nowMs);
      this.#own.set(key, { value: 1, atMs: nowMs });
      return;
    }
    count.value = faded(count, nowMs) + 1;
    count.atMs = nowMs;
  }

  /** What this instance counted itself, as text for the others; at most 30,000 characters. */
  sketch(nowMs: number): string {
    const counts = [...this.#own]
      .map(([key, count]) => [key, faded(count, nowMs)] as const)
      .filter(([, value]) => value >= FORGOTTEN_BELOW)
      .sort(([a, x], [b, y]) => y - x || a - b)
      .slice(0, MAX_SKETCHED)
      .map(([key, value]) => [key.toString(36), Number(value.toPrecision(4))]);
    return JSON.stringify({ since: this.#sinceMs, at: nowMs, counts: Object.fromEntries(counts) });
  }

  /**
   * Takes the latest sketches of the other instances, gone ones too, in place of those taken before.
   *
   * @returns how many texts were no sketch, of another build perhaps; they are left out
   */
  takeOthers(sketches: readonly string[]): number {
    const read = sketches.flatMap((text) => parseSketch(text) ?? []);
    const others = new Map<number, Count>();
    for (const sketch of read) addCounts(others, sketch);
    this.#others = others;
    this.#followOn(read);
    return sketches.length - read.length;
  }

  /** Goes on from what an earlier run of this instance counted. @returns whether the text was a sketch */
  goOnFrom(sketch: string): boolean {
    const read = parseSketch(sketch);
    if (read === undefined) return false;
    addCounts(this.#own, read);
    this.#followOn([read]);
    return true;
  }

  /** The stream has been watched for as long as instances followed each other without a long gap. */
  #followOn(sketches: readonly Sketch[]): void {
    for (const { since, at } of sketches.toSorted((a, b) => b.at - a.at)) {
      if (at >= this.#sinceMs - MAX_GAP_MS) this.#sinceMs = Math.min(this.#sinceMs, since);
    }
  }

  #forget(nowMs: number): void {
    const quietest = [...this.#own].sort(([, a], [, b]) => faded(a, nowMs) - faded(b, nowMs));
    for (const [key] of quietest.slice(0, MAX_TENANTS / 10)) this.#own.delete(key);
  }
}

function parseSketch(text: string): Sketch | undefined {
  try {
    return sketchSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Adds to `counts`; each sum is as of the later of its two moments. */
function addCounts(counts: Map<number, Count>, sketch: Sketch): void {
  for (const [key, value] of Object.entries(sketch.counts)) {
    const hash = Number.parseInt(key, 36);
    const known = counts.get(hash);
    const added = { value, atMs: sketch.at };
    const atMs = Math.max(sketch.at, known?.atMs ?? sketch.at);
    counts.set(hash, { value: faded(known, atMs) + faded(added, atMs), atMs });
  }
}

/** 52 bits: fits a number, and 20,000 tenants meet in one with a probability of 1 in 20 million. */
function keyOf(tenant: string | undefined): number {
  hash64([tenant ?? ''], 0);
  return (lastHash[0]! & 0xfffff) * 0x100000000 + lastHash[1]!;
}

function faded(count: Count | undefined, nowMs: number): number {
  if (count === undefined) return 0;
  // a clock that was set back must not make alerts out of nothing
  return count.value * Math.exp(Math.min(0, count.atMs - nowMs) / TIME_CONSTANT_MS);
}
