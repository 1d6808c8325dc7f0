import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DISPOSITIONS } from '../alert/alert.ts';
import { AlertforestError } from '../errors.ts';
import { AlertClassifier } from '../models/alert-classifier.ts';
import type { TrainingRows } from '../models/training-rows.ts';
import { attackProbability } from '../policy/decision-threshold.ts';
import { quantiles } from '../trees/metrics.ts';
import type { LabOutcome, LabResult } from './lab-pipeline.ts';

const MODEL_FILE = 'model.bin';
const MANIFEST_FILE = 'manifest.json';

export interface LabManifest {
  readonly model: string;
  readonly algorithm: string;
  readonly sha256: string;
  readonly size_bytes: number;
  readonly close_below: number;
  readonly seed: number;
  readonly fit_rows: number;
  readonly metrics: LabResult['test'];
  readonly columns: readonly string[];
}

/** Writes model and manifest into `folder`, whole or not at all. */
export async function writePackage(folder: string, { classifier, result }: LabOutcome): Promise<LabManifest> {
  const bytes = classifier.toBuffer();
  const manifest: LabManifest = {
    model: MODEL_FILE,
    algorithm: classifier.algorithm,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size_bytes: bytes.byteLength,
    close_below: result.chosen.close_below,
    seed: result.seed,
    fit_rows: result.fit_rows,
    metrics: result.test,
    columns: classifier.layout.names,
  };
  const aside = `${folder}.part`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  await writeFile(join(aside, MODEL_FILE), bytes);
  await writeFile(join(aside, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(aside, folder);
  return manifest;
}

/** @throws AlertforestError MODEL_CORRUPT where the model is not the one the manifest speaks of */
export async function readPackage(
  folder: string,
): Promise<{ readonly manifest: LabManifest; readonly classifier: AlertClassifier }> {
  const manifest = JSON.parse(await readFile(join(folder, MANIFEST_FILE), 'utf8')) as LabManifest;
  const bytes = await readFile(join(folder, manifest.model));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== manifest.sha256) {
    throw new AlertforestError(
      'MODEL_CORRUPT',
      `${manifest.model} has sha256 ${sha256}, expected ${manifest.sha256}.`,
    );
  }
  return { manifest, classifier: AlertClassifier.from(bytes) };
}

/** How the packaged model did when the held-out logs came in one by one. */
export interface LiveReport {
  readonly scored: number;
  readonly closed: number;
  readonly escalated: number;
  readonly latency_us: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Mean attack probability of the logs that came in, and of those the model was fitted on. */
  readonly mean_attack: { readonly live: number; readonly fitted: number };
}

/** Scores rows one at a time with the model as read back from its package, and watches itself doing it. */
export function scoreLive(
  classifier: AlertClassifier,
  closeBelow: number,
  live: TrainingRows,
  fitted: TrainingRows,
): LiveReport {
  const n = live.labels.length;
  const nColumns = live.columnNames.length;
  const latencyUs = new Float64Array(n);
  let closed = 0;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const startedAtMs = performance.now();
    const probabilities = classifier.probabilities({
      catalogId: live.catalogId,
      columns: live.X.subarray(i * nColumns, (i + 1) * nColumns),
      recordKeys: live.recordKeys[i] ?? [],
    });
    latencyUs[i] = (performance.now() - startedAtMs) * 1000;
    const attack = attackProbability(probabilities);
    sum += attack;
    if (attack < closeBelow) closed++;
  }
  const onFit = classifier.probabilitiesOfRows(fitted);
  let fittedSum = 0;
  for (let i = 0; i < fitted.labels.length; i++)
    fittedSum += attackProbability(onFit, i * DISPOSITIONS.length);
  const [p50 = 0, p95 = 0, p99 = 0] = quantiles(latencyUs, [0.5, 0.95, 0.99]);
  return {
    scored: n,
    closed,
    escalated: n - closed,
    latency_us: { p50, p95, p99 },
    mean_attack: { live: sum / n, fitted: fittedSum / fitted.labels.length },
  };
}
