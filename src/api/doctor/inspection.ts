import type { RunLog } from '../../store/run-log.ts';
import { type Check, examine, type Finding } from './doctor.ts';

/** Until damage that was found is looked at again, where somebody asks how the service is. */
const AGAIN_AFTER_MS = 10_000;

export interface InspectionDeps {
  /** Looks at what learning and serving need, past everything that this process remembers. */
  readonly checks: () => readonly Check[];
  readonly runs: Pick<RunLog, 'putInspection' | 'lastInspection'>;
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsed: () => number;
}

/**
 * Looks for damage before anything stumbles over it, once an hour on one instance, and tells all of them by storage. What
 * was found is looked at again as long as it is there, so that health is well again once it was repaired.
 */
export class Inspection {
  readonly #deps: InspectionDeps;
  #damage: readonly string[] = [];
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: InspectionDeps) {
    this.#deps = deps;
  }

  /** As of the last look, a sentence for each thing. */
  get damage(): readonly string[] {
    return this.#damage;
  }

  /**
   * Looks at everything and tells the others. Of what could not be looked at, what was found before still stands.
   *
   * @throws AlertforestError STORE_UNAVAILABLE
   */
  async inspect(): Promise<readonly string[]> {
    const { checks, runs, now, elapsed } = this.#deps;
    this.#lookedAtMs = elapsed();
    const findings = await examine(checks(), { fix: false });
    const isUnknown = findings.some(({ state }) => state === 'unknown');
    const before = isUnknown ? ((await runs.lastInspection())?.damage ?? []) : [];
    const damage = damageIn(findings, before);
    this.#damage = damage;
    await runs.putInspection({ at: new Date(now()).toISOString(), damage });
    return damage;
  }

  /** What the last inspection of any instance has found; looked at again where it found something. */
  async refresh(): Promise<void> {
    this.#damage = (await this.#deps.runs.lastInspection())?.damage ?? [];
    const isDue = this.#deps.elapsed() - this.#lookedAtMs >= AGAIN_AFTER_MS;
    if (this.#damage.length > 0 && isDue) await this.inspect();
  }
}

/** What storage that is away does not answer is neither damaged nor well. */
const damageIn = (findings: readonly Finding[], before: readonly string[]): string[] =>
  findings.flatMap(({ what, state, says }) => {
    if (state === 'unknown') return before.filter((damage) => damage.startsWith(`${what}: `));
    return state === 'wrong' ? [`${what}: ${says}`] : [];
  });
