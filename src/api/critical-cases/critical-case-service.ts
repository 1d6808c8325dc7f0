import type { AlertClassifier } from '../../models/alert-classifier.ts';
import type { ServingModels } from '../../models/serving-models.ts';
import type { Policy } from '../../policy/policy.ts';
import type { CriticalCaseSet } from '../../training/gate/critical-case-set.ts';
import { CRITICAL_CASES } from '../../training/gate/critical-cases.ts';
import { wordsOnCases } from '../../training/gate/missed-cases.ts';
import type { RefusedClassifier } from '../../training/runs/refused-classifier.ts';
import { roundTo } from '../rounding.ts';
import type { WireCriticalCases } from './critical-cases-routes.ts';

export interface CriticalCaseServiceDeps {
  readonly stored: () => Promise<CriticalCaseSet | undefined>;
  readonly models: () => Promise<ServingModels>;
  readonly refused: () => Promise<RefusedClassifier | undefined>;
  readonly policy: () => Promise<Policy>;
}

/** Answers the critical cases with what the models say about them. */
export class CriticalCaseService {
  readonly #deps: CriticalCaseServiceDeps;

  constructor(deps: CriticalCaseServiceDeps) {
    this.#deps = deps;
  }

  /** @throws AlertforestError MODEL_NOT_READY, STORE_UNAVAILABLE, STORE_CORRUPT */
  async list(): Promise<WireCriticalCases> {
    const { stored, models, refused, policy } = this.#deps;
    const [set, serving, newest, inForce] = await Promise.all([stored(), models(), refused(), policy()]);
    const cases = casesOf(set);
    const wordsOf = (
      version: string,
      model: AlertClassifier,
    ): WireCriticalCases['cases'][number]['serving'][] =>
      wordsOnCases(model, cases, inForce).map(({ attack, decision }) => ({
        version,
        attack: roundTo(attack, 4),
        decision,
      }));
    const byServing = wordsOf(serving.versions.classifier, serving.classifier);
    const byRefused = newest && wordsOf(newest.version, newest.model);
    const missed = (words: readonly WireCriticalCases['cases'][number]['serving'][]): number =>
      words.filter((word, i) => word?.decision === 'close' && cases[i]?.retired === null).length;
    return {
      cases: cases.map((one, i) => ({
        ...one,
        serving: byServing[i] ?? null,
        refused: byRefused?.[i] ?? null,
      })),
      missed: { serving: missed(byServing), refused: byRefused === undefined ? null : missed(byRefused) },
    };
  }
}

type KnownCase = Omit<WireCriticalCases['cases'][number], 'serving' | 'refused'>;

/** Shipped and own ones, an own one in the place of a shipped one of the same id; retired ones as such. */
function casesOf(set: CriticalCaseSet | undefined): KnownCase[] {
  const retired = new Map(set?.retired.map(({ id, by, why, at }) => [id, { by, why, at }]));
  const cases = new Map<string, KnownCase>();
  for (const { id, alert } of CRITICAL_CASES)
    cases.set(id, { id, origin: 'shipped', alert, added: null, retired: retired.get(id) ?? null });
  for (const { id, alert, by, at } of set?.cases ?? [])
    cases.set(id, { id, origin: 'own', alert, added: { by, at }, retired: retired.get(id) ?? null });
  return [...cases.values()];
}
