import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AlertforestError, inputIssues } from '../errors.ts';
import { AlertClassifier } from '../models/alert-classifier.ts';
import type { LabOutcome } from './lab-result.ts';

const MODEL_FILE = 'model.bin';
const MANIFEST_FILE = 'manifest.json';
/** Checksums as `sha256sum -c` reads them. */
const SUMS_FILE = 'SHA256SUMS';
export const PACKAGE_FILES = [MODEL_FILE, MANIFEST_FILE, SUMS_FILE] as const;

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
  readonly files: Readonly<Record<(typeof PACKAGE_FILES)[number], string | Uint8Array>>;
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
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  const sums = `${manifest.sha256}  ${MODEL_FILE}\n${sha256Of(text)}  ${MANIFEST_FILE}\n`;
  return { manifest, files: { [MODEL_FILE]: bytes, [MANIFEST_FILE]: text, [SUMS_FILE]: sums } };
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
  const sums = await readFile(join(folder, SUMS_FILE), 'utf8');
  const expected = new Map(sums.split('\n').map((line) => [line.slice(66), line.slice(0, 64)]));
  const [bytes, text] = await Promise.all([
    verified(folder, MODEL_FILE, expected.get(MODEL_FILE)),
    verified(folder, MANIFEST_FILE, expected.get(MANIFEST_FILE)),
  ]);
  const manifest = manifestOf(text.toString('utf8'));
  if (manifest.sha256 !== sha256Of(bytes)) {
    throw new AlertforestError(
      'MODEL_CORRUPT',
      `${MODEL_FILE} is not the model that the manifest speaks of.`,
    );
  }
  return { manifest, classifier: AlertClassifier.from(bytes) };
}

async function verified(folder: string, name: string, expected: string | undefined): Promise<Buffer> {
  const bytes = await readFile(join(folder, name));
  const sha256 = sha256Of(bytes);
  if (sha256 === expected) return bytes;
  throw new AlertforestError(
    'MODEL_CORRUPT',
    `${name} has sha256 ${sha256}, expected ${expected ?? `a line for it in ${SUMS_FILE}`}.`,
  );
}

function manifestOf(text: string): LabManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AlertforestError('MODEL_CORRUPT', `Expected ${MANIFEST_FILE} to be JSON.`, { cause });
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = inputIssues(parsed.error);
  throw new AlertforestError('MODEL_CORRUPT', `${MANIFEST_FILE}, ${issue?.path}: ${issue?.message}`);
}

function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
