import { z } from 'zod';
import { AlertClassifier } from '../../models/alert-classifier.ts';
import { MODEL_FILE, type PackageFiles, packageFiles, readPackageFiles, sha256Of } from '../package-files.ts';
import type { LabOutcome } from './lab-result.ts';

const count = z.int().min(0);
const manifestSchema = z.object({
  package_version: z.literal(1),
  model: z.literal(MODEL_FILE),
  algorithm: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size_bytes: count,
  /** Logs with an attack probability below it are closed. */
  close_below: z.number().min(0).max(1),
  seed: count,
  costs: z.record(z.string(), z.number()),
  input: z.object({ name: z.string(), rows: count, attacks: count }),
  fit_rows: count,
  test_rows: count,
  metrics: z.object({ roc_auc: z.number(), average_precision: z.number(), ece: z.number(), attacks: count }),
  critical: z.object({ attacks: count, missed: count, failed_logins_from: z.number() }),
  columns: z.array(z.string()),
});
export type LabManifest = z.infer<typeof manifestSchema>;

/** A model with its manifest and checksums: file name -> content. */
export interface LabPackage {
  readonly manifest: LabManifest;
  readonly files: PackageFiles;
}

/** The package of a run; same logs and seed give the same bytes. `name` is what the logs are called. */
export function packageOf({ classifier, result }: LabOutcome, name: string): LabPackage {
  const bytes = classifier.toBuffer();
  const manifest: LabManifest = {
    package_version: 1,
    model: MODEL_FILE,
    algorithm: classifier.algorithm,
    sha256: sha256Of(bytes),
    size_bytes: bytes.byteLength,
    close_below: result.chosen.close_below,
    seed: result.seed,
    costs: { ...result.costs },
    input: { name, rows: result.quality.rows, attacks: result.quality.attacks ?? 0 },
    fit_rows: result.fit_rows,
    test_rows: result.test_rows,
    metrics: result.test,
    critical: result.critical,
    columns: [...classifier.layout.names],
  };
  return { manifest, files: packageFiles(bytes, manifest) };
}

/**
 * Reads a package back and verifies it.
 *
 * @throws AlertforestError MODEL_CORRUPT where the manifest is not one of ours, or a file is not the one that the
 * checksums speak of
 */
export async function readPackage(
  folder: string,
): Promise<{ readonly manifest: LabManifest; readonly classifier: AlertClassifier }> {
  const { manifest, bytes } = await readPackageFiles(folder, manifestSchema);
  return { manifest, classifier: AlertClassifier.from(bytes) };
}
