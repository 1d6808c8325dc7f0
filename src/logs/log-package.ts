import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { AlertforestError } from '../errors.ts';
import { binShares, type ValueBins, valueBins, valueBinsSchema } from '../models/value-bins.ts';
import { calibratorFrom } from '../trees/calibration/calibration.ts';
import type { CalibratorJson } from '../trees/calibration/calibrator.ts';
import { GradientBoostingClassifier } from '../trees/learners/gradient-boosting-classifier.ts';
import { RandomForestClassifier } from '../trees/learners/random-forest.ts';
import type { LogFile, LogOptions } from './open-logs.ts';
import { MODEL_FILE, type PackageFiles, packageFiles, readPackageFiles, sha256Of } from './package-files.ts';
import type { Reading } from './reading-tally.ts';
import type { KindModel } from './study/kind-model.ts';
import { CANDIDATES, type RowModel } from './study/row-model.ts';
import type { StudyOutcome } from './study/study.ts';
import { DAY_WINDOW, WINDOWS } from './windows/entity-history.ts';
import { featureNames } from './windows/feature-plan.ts';
import { MAX_EVENTS } from './windows/source-history.ts';

const count = z.int().min(0);
const cut = z.object({ name: z.string(), score: z.number().min(0), with_detectors: z.boolean() });
const mapEntry = z.union([
  z.string(),
  z.object({ column: z.string(), unit: z.enum(['s', 'ms', 'us', 'ns']).optional() }),
]);

const manifestSchema = z.object({
  package_version: z.literal(2),
  model: z.literal(MODEL_FILE),
  algorithm: z.enum(CANDIDATES),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size_bytes: count,
  alertforest: z.string(),
  seed: count,
  input: z.object({
    format: z.string(),
    bytes_layer: z.string(),
    time_is: z.enum(['start', 'end', 'none']),
    map: z.record(z.string(), mapEntry).nullable(),
    rows: count,
    attacks: count,
  }),
  plan: z.object({
    numbers: z.array(z.string()),
    words: z.array(z.object({ column: z.string(), vocabulary: z.array(z.string()) })),
    hasWindows: z.boolean(),
    hasDays: z.boolean(),
    // packages of before have none
    hasLabCounts: z.boolean().optional(),
  }),
  windows_ms: z.record(z.string(), count),
  events_per_source: count,
  features: z.array(z.string()),
  leaks: z.array(z.object({ column: z.string(), why: z.string(), kept: z.boolean() })),
  calibrator: z.unknown(),
  cuts: z.array(cut),
  /** Score that a row which meets a plain detector has at least; packages of before have none. */
  detector_score: z.number().min(0).optional(),
  costs: z.record(z.string(), z.number()),
  kinds_seen: z.array(z.string()),
  /** Per column, of the fit rows: bins against which drift is told, with the shares that fell into each. */
  training: z.array(z.object({ feature: z.string(), bins: valueBinsSchema, shares: z.array(z.number()) })),
  test: z.object({ from: z.string().nullable(), rows: count, roc_auc: z.number() }),
});

export type LogManifest = z.infer<typeof manifestSchema>;

export interface LogPackage {
  readonly manifest: LogManifest;
  readonly model: RowModel;
  readonly kinds: KindModel;
}

/** The package of a study; same logs and seed give the same bytes. It holds no address and no name. */
export function logPackageOf(
  { result, model, plan, fit, kinds, detectorScore }: StudyOutcome,
  reading: Reading,
  map: LogOptions['map'],
): { readonly manifest: LogManifest; readonly files: PackageFiles } {
  const bytes = model.learner.toBuffer();
  const features = featureNames(plan);
  const manifest: LogManifest = {
    package_version: 2,
    model: MODEL_FILE,
    algorithm: model.name,
    sha256: sha256Of(bytes),
    size_bytes: bytes.byteLength,
    alertforest: packageJson.version,
    seed: result.seed,
    input: {
      format: reading.format,
      bytes_layer: reading.quality.bytes_layer,
      time_is: reading.quality.time_is,
      map: map ?? null,
      rows: reading.rows,
      attacks: result.labels.attacks,
    },
    plan: {
      numbers: [...plan.numbers],
      words: plan.words.map(({ column, vocabulary }) => ({ column, vocabulary: [...vocabulary] })),
      hasWindows: plan.hasWindows,
      hasDays: plan.hasDays,
      hasLabCounts: plan.hasLabCounts ?? false,
    },
    windows_ms: plan.hasWindows ? { ...WINDOWS, ...(plan.hasDays ? DAY_WINDOW : {}) } : {},
    events_per_source: MAX_EVENTS,
    features,
    leaks: [...result.leaks],
    calibrator: model.calibrator.toJSON(),
    cuts: result.test.cuts.map(({ name, score, with_detectors }) => ({ name, score, with_detectors })),
    detector_score: detectorScore,
    costs: { ...result.costs },
    kinds_seen: [...kinds.kinds],
    training: features.map((feature, f) => {
      const values = Float64Array.from(
        { length: fit.nSamples },
        (_, i) => fit.data[i * fit.nFeatures + f] as number,
      );
      const bins = mutable(valueBins(values));
      return { feature, bins, shares: [...binShares(values, bins)] };
    }),
    test: { from: result.test.from, rows: result.test.rows, roc_auc: result.test.roc_auc },
  };
  return { manifest, files: packageFiles(bytes, manifest, kinds.forest?.toBuffer()) };
}

const mutable = ({ values, edges }: ValueBins): { values: number[]; edges: number[] } => ({
  values: [...values],
  edges: [...edges],
});

/**
 * Reads a package back and verifies it.
 *
 * @throws AlertforestError MODEL_CORRUPT where a file is not the one that the checksums speak of, or the model has other
 * columns than the manifest says
 */
export async function readLogPackage(folder: string): Promise<LogPackage> {
  const { manifest, bytes, kinds } = await readPackageFiles(folder, manifestSchema);
  const learner =
    manifest.algorithm === 'random_forest'
      ? RandomForestClassifier.from(bytes)
      : GradientBoostingClassifier.from(bytes);
  const names = featureNames(manifest.plan);
  if (learner.nFeatures !== names.length || names.join() !== manifest.features.join())
    throw new AlertforestError('MODEL_CORRUPT', 'The model has other columns than the manifest says.');
  return {
    manifest,
    model: {
      name: manifest.algorithm,
      learner,
      calibrator: calibratorFrom(manifest.calibrator as CalibratorJson),
    },
    kinds: {
      kinds: manifest.kinds_seen,
      forest: kinds === undefined ? undefined : RandomForestClassifier.from(kinds),
    },
  };
}

/** @throws AlertforestError REQUEST_INVALID where a file is of another format or byte layer than the package learned from */
export function checkSameFormat({ input }: LogManifest, { name, format }: LogFile): void {
  const layer = format.bytesLayer ?? 'not known';
  if (format.name === input.format && layer === input.bytes_layer) return;
  throw new AlertforestError(
    'REQUEST_INVALID',
    `The package learned from ${input.format} (bytes: ${input.bytes_layer}), ${name} is ${format.name} (bytes: ${layer}): the same traffic has other counts there.`,
  );
}
