import { createHash } from 'node:crypto';
import type { ModelName } from '../../src/models/model-name.ts';
import type {
  ComparisonJob,
  ComparisonResult,
  GateReport,
  Trainer,
  TrainingJob,
  TrainingResult,
} from '../../src/training/trainer.ts';

/** What a fake training set holds: alert key -> the state of its judgement. */
export type FakeDataset = Record<string, { rev: number; label: string; analysts: string[] }>;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

export function decodeFake<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}

export interface FakeTrainerOptions {
  /** What the gate says of every challenger; called once per comparison. */
  readonly gate?: (job: ComparisonJob) => boolean;
  /** How good every challenger is where it was held out, lower is better. @default 0.5 */
  readonly rank?: () => number;
  /** Runs inside train, before it answers: where other actors come between. */
  readonly during?: (job: TrainingJob) => Promise<void>;
  readonly duringCompare?: (job: ComparisonJob) => Promise<void>;
}

/**
 * A trainer without learning: its training set is the state of the judgements as JSON, its models name what they
 * were made from. Follows the rules of the real one where the protocol depends on them: a pure function of the job,
 * the previous set overlaid with the samples.
 */
export class FakeTrainer implements Trainer {
  readonly #options: FakeTrainerOptions;
  trained = 0;
  compared = 0;
  readonly champions: string[] = [];

  constructor(options: FakeTrainerOptions = {}) {
    this.#options = options;
  }

  async train(
    job: TrainingJob,
    onProgress: (stage: string, progress: number) => void,
  ): Promise<TrainingResult> {
    this.trained++;
    onProgress('training', 0.5);
    await this.#options.during?.(job);
    // the empty set of a run that begins anew is a real one, and none of these
    const isFake = job.previousDataset?.[0] === '{'.charCodeAt(0);
    const state: FakeDataset = isFake ? decodeFake(job.previousDataset!) : {};
    for (const { snapshot, rev, effective, votes } of job.samples) {
      state[snapshot.alertKey] = {
        rev,
        label: effective.disposition,
        analysts: votes.map((vote) => vote.analyst),
      };
    }
    const sorted = Object.fromEntries(Object.entries(state).sort(([a], [b]) => (a < b ? -1 : 1)));
    const dataset = encode(sorted);
    const source = { dataset: sha256(dataset), exclusions: job.exclusions.map((one) => one.analyst) };
    const hash12 = sha256(encode(source)).slice(0, 12);
    const model = (name: ModelName) => {
      const bytes = encode({ name, ...source });
      return {
        bytes,
        sha256: sha256(bytes),
        metrics: { rows: Object.keys(sorted).length },
        card: `# ${name}\n`,
      };
    };
    const hasModel = Object.keys(sorted).length > 0 || job.previousDataset === undefined;
    return {
      dataset: { bytes: dataset, sha256: sha256(dataset), samples: Object.keys(sorted).length },
      traffic: undefined,
      quarantined: {},
      counts: { judged: Object.keys(sorted).length },
      hash12,
      models: hasModel
        ? { classifier: model('classifier'), anomaly: model('anomaly'), scorer: model('scorer') }
        : {},
      notTrained: hasModel ? {} : { classifier: 'no rows', anomaly: 'no rows', scorer: 'no rows' },
      outOfFold: { rows: new Int32Array(0), probabilities: new Float64Array(0), risk: new Float64Array(0) },
    };
  }

  async compare(job: ComparisonJob): Promise<ComparisonResult> {
    this.compared++;
    this.champions.push(job.champions.classifier?.version ?? 'none');
    await this.#options.duringCompare?.(job);
    const passes = this.#options.gate?.(job) ?? true;
    const report: GateReport = {
      passes,
      provisional: false,
      reasons: [passes ? 'good enough' : 'too bad'],
      rank: this.#options.rank?.() ?? 0.5,
      measures: {},
    };
    return { classifier: report, anomaly: report, scorer: report };
  }
}
