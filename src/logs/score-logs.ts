import { Matrix } from '../trees/matrix.ts';
import type { LogPackage } from './log-package.ts';
import { kindOfRow } from './study/kind-model.ts';
import { type PlainDetector, plainDetector, withDetector } from './study/plain-detectors.ts';
import { attackScores } from './study/row-model.ts';
import { RowReasons, type TopColumn } from './study/row-reasons.ts';
import type { LogEvents } from './windows/log-events.ts';
import type { DerivedFeatures } from './windows/put-history.ts';

/** What a package says about one row. */
export interface ScoredRow {
  readonly line: number;
  /** ISO 8601; null where the row has no time. */
  readonly time: string | null;
  /** Attack probability, 0-1; where a plain detector is met at least that of the upper half percent of calm rows. */
  readonly score: number;
  readonly alarm: boolean;
  /** Most alike of the kinds learned from, for alarms; a kind never seen has the name of its nearest. */
  readonly kind: string | null;
  /** The plain detector that the row meets. */
  readonly detector: PlainDetector | null;
  /** Of alarms. */
  readonly top: readonly TopColumn[];
}

/** Says of rows what a package thinks, one at a time; scores come for all at once. */
export class RowJudge {
  readonly #pack: LogPackage;
  readonly #cut: { readonly score: number; readonly with_detectors: boolean };
  readonly #nTop: number;
  readonly #reasons: RowReasons | undefined;

  /** @param cut a cut of the package */
  constructor(
    pack: LogPackage,
    cut: { readonly score: number; readonly with_detectors: boolean },
    nTop: number,
  ) {
    this.#pack = pack;
    this.#cut = cut;
    this.#nTop = nTop;
    this.#reasons = nTop > 0 ? RowReasons.of(pack.model.learner) : undefined;
  }

  scores({ X, names }: DerivedFeatures): Float64Array {
    return attackScores(this.#pack.model, Matrix.from(X, X.length / names.length, names.length));
  }

  judge(
    derived: DerivedFeatures,
    events: LogEvents,
    scores: Float64Array,
    i: number,
    said: { readonly line: number; readonly time: string | null },
  ): ScoredRow {
    const detector = plainDetector(derived.detectors, events, i);
    const score = withDetector(scores[i] as number, detector, this.#pack.manifest.detector_score ?? 0);
    const alarm = score >= this.#cut.score || (this.#cut.with_detectors && detector !== undefined);
    const at = i * derived.names.length;
    return {
      ...said,
      score,
      alarm,
      kind: alarm ? (kindOfRow(this.#pack.kinds, derived.X, at)?.kind ?? null) : null,
      detector: detector ?? null,
      top: alarm ? (this.#reasons?.top(derived.X, at, derived.names, this.#nTop) ?? []) : [],
    };
  }
}
