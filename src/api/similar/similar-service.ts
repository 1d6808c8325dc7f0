import { ALERT_KEY } from '../../alert/alert.ts';
import type { AlertSnapshot } from '../../alert/snapshot.ts';
import type { JudgedNeighbours } from '../../models/judged-neighbours.ts';
import type { ServingModels } from '../../models/serving-models.ts';
import type { TargetStores } from '../../training/feedback/feedback-target.ts';
import type { KeptNeighbours } from '../../training/runs/read-neighbours.ts';
import { neverSeen } from '../feedback/judged-key.ts';
import { roundTo } from '../rounding.ts';
import type { WireSimilar } from './similar.ts';

export interface SimilarServiceDeps {
  readonly models: () => Promise<ServingModels>;
  readonly neighbours: KeptNeighbours;
  readonly stores: TargetStores;
}

/** Finds what is like one alert, once what lies behind the serving classifier is read. */
export type FindSimilar = (
  snapshot: Pick<AlertSnapshot, 'alertKey' | 'columns' | 'recordKeys' | 'catalogId'>,
  limit: number,
) => WireSimilar;

/** Answers which judged alerts the serving forest treats as it treats an alert. */
export class SimilarService {
  readonly #deps: SimilarServiceDeps;

  constructor(deps: SimilarServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Of an alert scored or judged here.
   *
   * @throws AlertforestError ALERT_UNKNOWN, MODEL_NOT_READY, MODEL_CORRUPT, STORE_UNAVAILABLE
   */
  async of(alertKey: string, limit: number): Promise<WireSimilar> {
    if (!ALERT_KEY.test(alertKey)) throw neverSeen(alertKey);
    const models = await this.#deps.models();
    const [neighbours, snapshot] = await Promise.all([
      this.#deps.neighbours(models.served.classifier.path),
      this.#snapshotOf(alertKey),
    ]);
    return finder(models, neighbours)(snapshot, limit);
  }

  /** For the alerts of a request that is scored: what cannot be read is said in its place, and costs no verdict. */
  async finderFor(models: ServingModels): Promise<FindSimilar> {
    try {
      return finder(models, await this.#deps.neighbours(models.served.classifier.path));
    } catch {
      const note = 'The judged alerts behind the classifier could not be read now.';
      return () => ({ model: modelOf(models), judged: 0, alerts: [], note });
    }
  }

  async #snapshotOf(alertKey: string): Promise<AlertSnapshot> {
    const { feedback, predictions } = this.#deps.stores;
    const judged = await feedback.standing(alertKey);
    if (judged !== undefined) return judged.snapshot;
    const scored = await predictions.find(alertKey);
    if (scored === undefined) throw neverSeen(alertKey);
    return scored.snapshot;
  }
}

function finder(models: ServingModels, neighbours: JudgedNeighbours): FindSimilar {
  return (snapshot, limit) => {
    const { alertKey } = snapshot;
    const nearest = neighbours.nearest(models.classifier, snapshot, { limit, alertKey });
    return {
      model: modelOf(models),
      judged: neighbours.size,
      alerts: nearest.map(({ alertKey: key, disposition, shared, occurredAtMs }) => ({
        alert_key: key,
        disposition,
        shared: roundTo(shared, 4),
        occurred_at: new Date(occurredAtMs).toISOString(),
      })),
      ...(nearest.length === 0 ? { note: noteOf(neighbours.size) } : {}),
    };
  };
}

const modelOf = ({ versions }: ServingModels): WireSimilar['model'] => ({
  name: 'classifier',
  version: versions.classifier,
});

function noteOf(nJudged: number): string {
  return nJudged === 0
    ? 'No judged alert stands behind the serving classifier yet.'
    : 'No judged alert of this tenant shares a leaf with it.';
}
