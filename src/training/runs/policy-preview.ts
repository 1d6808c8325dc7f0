import { AlertforestError } from '../../errors.ts';
import type { ConformalScores } from '../../models/conformal-scores.ts';
import type { JudgedAlerts } from '../../policy/policy-evaluation.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { LatestByKey } from '../latest-by-key.ts';
import type { Lineage } from '../releases/lineage.ts';
import { readVerified } from '../releases/stored-blob.ts';
import type { HeldOutAlerts, HeldOutJob } from './held-out.ts';

/** The ground on which a policy is tried: judged alerts, and the conformal scores of the classifier that was asked. */
export interface PreviewGround extends JudgedAlerts {
  readonly conformal: ConformalScores;
}

/**
 * The judged alerts that no release has ever seen in a fit, with what the serving classifier says of them: the ground
 * on which a new policy can be tried. Empty until judged alerts fall into the hold-out (a tenth of the groups). Read
 * once per release and classifier, however many policies are tried on it.
 */
export class PolicyPreview {
  readonly #models: ModelStore;
  readonly #lineage: Lineage;
  readonly #read: (job: HeldOutJob) => Promise<HeldOutAlerts>;
  readonly #latest = new LatestByKey<PreviewGround>();

  /** @param read does the long work; beside the event loop where requests wait for it */
  constructor(models: ModelStore, lineage: Lineage, read: (job: HeldOutJob) => Promise<HeldOutAlerts>) {
    this.#models = models;
    this.#lineage = lineage;
    this.#read = read;
  }

  /** @throws AlertforestError MODEL_NOT_READY, STORE_CORRUPT, STORE_UNAVAILABLE */
  async ground(): Promise<PreviewGround> {
    const { head } = await this.#lineage.requireHead();
    const serving = head.serving['classifier'];
    if (serving === undefined) throw new AlertforestError('MODEL_NOT_READY', 'No classifier serves yet.');
    return this.#latest.get(`${head.release} ${serving.path}`, () =>
      this.#groundOf(head.release, serving, serving.provisional ?? false),
    );
  }

  async #groundOf(
    release: string,
    serving: { readonly path: string; readonly sha256: string },
    isProvisional: boolean,
  ): Promise<PreviewGround> {
    const { record } = await this.#lineage.tip(release);
    const { path, sha256: datasetSha256 } = record.dataset;
    const [stored, classifier] = await Promise.all([
      this.#models.read(path),
      readVerified(this.#models, serving),
    ]);
    if (stored === undefined) throw new AlertforestError('STORE_CORRUPT', `Expected ${path}, found nothing.`);
    const { exclusions } = record;
    const read = await this.#read({ dataset: stored.bytes, datasetSha256, classifier, exclusions });
    const { judgedLike, isOutside, ...judged } = read;
    const { source, rule, tenant } = judgedLike;
    return {
      ...judged,
      known: judged.alertKeys.map((_, i) => ({
        isProvisional,
        judged: {
          source: source[i]!,
          rule: rule[i]!,
          tenant: Number.isNaN(tenant[i]) ? undefined : tenant[i]!,
        },
        isOutside: () => isOutside[i] === 1,
      })),
    };
  }
}
