import type { ServedModel } from '../store/release.ts';
import type { AlertClassifier } from './alert-classifier.ts';
import type { AnomalyDetector } from './anomaly-detector.ts';
import type { ModelName } from './model-name.ts';
import type { ThreatScorer } from './threat-scorer.ts';

/** The three models that answer, all of one release. Never changes: a new release is a new object. */
export interface ServingModels {
  readonly classifier: AlertClassifier;
  readonly anomaly: AnomalyDetector;
  readonly scorer: ThreatScorer;
  readonly release: string;
  readonly served: Readonly<Record<ModelName, ServedModel>>;
  readonly versions: Readonly<Record<ModelName, string>>;
  readonly source: 'storage' | 'local_copy';
  readonly loadedAt: string;
}
