import { WorkSlices } from '../../reading/work-slices.ts';
import type { IndicatorTerms, Reading } from './indicator.ts';
import { isRefusal } from './indicator.ts';
import { suppressedBy } from './shipped-warning-lists.ts';
import { IndicatorRows, NOT_GIVEN, ROWS_AT_ONCE } from './table/indicator-rows.ts';
import { stricterTlp, TLP, type Tlp } from './tlp.ts';

/** What became of everything in a source. */
export interface ReadingCounts {
  /** Indicator values that are kept. */
  readonly indicators: number;
  /** Things that should have been indicators, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Things that are understood and are none, by reason. */
  readonly passedOver: Readonly<Record<string, number>>;
  /** Values that a warning list holds, by list. */
  readonly suppressed: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

const MAX_REASONS = 100;
const MAX_WARNINGS = 50;
/** Ids that are remembered, to let a later version replace an earlier one. */
const MAX_IDS = 1_000_000;

/** What looking at one marking costs, in bytes of {@link WorkSlices}. */
const MARKING_BYTES = 32;

interface Version {
  readonly versionMs: number;
  readonly from: number;
  readonly to: number;
}

/** Takes the readings of one source in the order they come and keeps what counts in the end. */
export class IndicatorCollector {
  readonly rows = new IndicatorRows();
  readonly #refused = new Map<string, number>();
  readonly #passedOver = new Map<string, number>();
  readonly #suppressed = new Map<string, number>();
  readonly #warnings = new Set<string>();
  readonly #versions = new Map<string, Version>();
  readonly #tlpOfMarking = new Map<string, Tlp>();
  readonly #marked: { readonly row: number; readonly markings: readonly string[] }[] = [];
  readonly #reported: {
    readonly refs: readonly string[];
    readonly tlp: Tlp | undefined;
    readonly markings: readonly string[];
  }[] = [];
  readonly #onIndicator: ((reading: Reading) => void) | undefined;
  #documentFrom = 0;

  /** @param onIndicator told of every reading, for a trial that keeps nothing */
  constructor(onIndicator?: (reading: Reading) => void) {
    this.#onIndicator = onIndicator;
  }

  add(reading: Reading): void {
    this.#onIndicator?.(reading);
    if (isRefusal(reading)) {
      count(reading.isExpected ? this.#passedOver : this.#refused, reading.reason);
      return;
    }
    for (const warning of reading.warnings ?? []) this.warn(warning);
    if (!this.#isNewest(reading.id, reading.versionMs)) {
      count(this.#passedOver, 'an older version');
      return;
    }
    if (reading.isRevoked) count(this.#passedOver, 'revoked');
    const from = this.rows.n;
    for (const value of reading.values) {
      const list = suppressedBy(value.type, value.value);
      if (list !== undefined) {
        count(this.#suppressed, list);
        continue;
      }
      const row = this.rows.add(value, reading);
      if (reading.markings !== undefined) this.#marked.push({ row, markings: reading.markings });
    }
    if (reading.id !== undefined && this.#versions.size < MAX_IDS)
      this.#versions.set(reading.id, {
        versionMs: reading.versionMs ?? Number.NEGATIVE_INFINITY,
        from,
        to: this.rows.n,
      });
  }

  /** Whether this is the newest version so far; what an older one has added is taken back. */
  #isNewest(id: string | undefined, versionMs = Number.NEGATIVE_INFINITY): boolean {
    const known = id === undefined ? undefined : this.#versions.get(id);
    if (known === undefined) return true;
    if (versionMs < known.versionMs) return false;
    for (let row = known.from; row < known.to; row++) this.rows.isDead[row] = 1;
    return true;
  }

  warn(warning: string): void {
    if (this.#warnings.size < MAX_WARNINGS) this.#warnings.add(warning);
  }

  /** A marking definition that a bundle brings along. */
  define(id: string, tlp: Tlp): void {
    if (this.#tlpOfMarking.size < 10_000) this.#tlpOfMarking.set(id, tlp);
  }

  /** A report or grouping whose TLP holds for the indicators it names. */
  report(refs: readonly string[], tlp: Tlp | undefined, markings: readonly string[]): void {
    if (this.#reported.length < 10_000) this.#reported.push({ refs, tlp, markings });
  }

  /** A document (a MISP event) is over: what it says as a whole holds for its rows that say nothing themselves. */
  endDocument({ tlp, confidence }: Pick<IndicatorTerms, 'tlp' | 'confidence'> = {}): void {
    const { rows } = this;
    for (let row = this.#documentFrom; row < rows.n; row++) {
      if (tlp !== undefined && rows.tlp[row] === NOT_GIVEN) rows.tlp[row] = TLP.indexOf(tlp);
      if (confidence !== undefined && rows.confidence[row] === NOT_GIVEN) rows.confidence[row] = confidence;
    }
    this.#documentFrom = rows.n;
  }

  /** Settles markings and counts, in slices that yield. */
  async finish(slices = new WorkSlices()): Promise<ReadingCounts> {
    for (const { row, markings } of this.#marked) {
      this.#mark(row, this.#tlpOf(markings));
      await slices.spend(MARKING_BYTES * (1 + markings.length));
    }
    for (const { refs, tlp, markings } of this.#reported) {
      const strictest = stricterTlp(tlp, this.#tlpOf(markings));
      for (const ref of refs) {
        const version = this.#versions.get(ref);
        for (let row = version?.from ?? 0; row < (version?.to ?? 0); row++) this.#mark(row, strictest);
        await slices.spend(MARKING_BYTES);
      }
    }
    let indicators = 0;
    for (let row = 0; row < this.rows.n; row++) {
      indicators += 1 - (this.rows.isDead[row] as number);
      if (row % ROWS_AT_ONCE === 0) await slices.spend(ROWS_AT_ONCE);
    }
    return {
      indicators,
      refused: Object.fromEntries(this.#refused),
      passedOver: Object.fromEntries(this.#passedOver),
      suppressed: Object.fromEntries(this.#suppressed),
      warnings: [...this.#warnings],
    };
  }

  #tlpOf(markings: readonly string[]): Tlp | undefined {
    let tlp: Tlp | undefined;
    for (const marking of markings) tlp = stricterTlp(tlp, this.#tlpOfMarking.get(marking));
    return tlp;
  }

  #mark(row: number, tlp: Tlp | undefined): void {
    const own = TLP[this.rows.tlp[row] as number];
    const strictest = stricterTlp(own, tlp);
    if (strictest !== undefined) this.rows.tlp[row] = TLP.indexOf(strictest);
  }
}

/** Counts by reason; the rarest reasons of a source with very many share one entry. */
function count(counts: Map<string, number>, reason: string): void {
  const key = counts.has(reason) || counts.size < MAX_REASONS ? reason : 'other reasons';
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
