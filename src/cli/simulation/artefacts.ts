import { AlertClassifier } from '../../models/alert-classifier.ts';
import { AnomalyDetector } from '../../models/anomaly-detector.ts';
import type { Ensemble } from '../../models/ensemble.ts';
import { ThreatScorer } from '../../models/threat-scorer.ts';

/** Three models as bytes, to be given to another thread. */
export type Artefacts = Readonly<Record<keyof Ensemble, Uint8Array>>;

export const artefactsOf = ({ classifier, anomaly, scorer }: Ensemble): Artefacts => ({
  classifier: classifier.toBuffer(),
  anomaly: anomaly.toBuffer(),
  scorer: scorer.toBuffer(),
});

export const modelsOf = ({ classifier, anomaly, scorer }: Artefacts): Ensemble => ({
  classifier: AlertClassifier.from(classifier),
  anomaly: AnomalyDetector.from(anomaly),
  scorer: ThreatScorer.from(scorer),
});
