import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { AlertforestError, inputIssues } from '../errors.ts';

export const MODEL_FILE = 'model.bin';
export const MANIFEST_FILE = 'manifest.json';
/** Checksums as `sha256sum -c` reads them. */
export const SUMS_FILE = 'SHA256SUMS';
/** Tells the kinds of attacks apart; absent where there is one kind. */
export const KINDS_FILE = 'kinds.bin';
export const PACKAGE_FILES = [MODEL_FILE, MANIFEST_FILE, SUMS_FILE, KINDS_FILE] as const;

export type PackageFiles = Readonly<Record<string, string | Uint8Array>>;

export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The files of a package whose manifest holds the model's checksum. */
export function packageFiles(
  model: Uint8Array,
  manifest: { readonly sha256: string },
  kinds?: Uint8Array,
): PackageFiles {
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  const more = kinds === undefined ? '' : `${sha256Of(kinds)}  ${KINDS_FILE}\n`;
  const sums = `${manifest.sha256}  ${MODEL_FILE}\n${sha256Of(text)}  ${MANIFEST_FILE}\n${more}`;
  return {
    [MODEL_FILE]: model,
    [MANIFEST_FILE]: text,
    [SUMS_FILE]: sums,
    ...(kinds === undefined ? {} : { [KINDS_FILE]: kinds }),
  };
}

/**
 * Model and manifest of a package, both verified.
 *
 * @throws AlertforestError REQUEST_INVALID where there is no package; MODEL_CORRUPT where the manifest is not of the schema, or a file is not the one that the
 * checksums speak of
 */
export async function readPackageFiles<S extends z.ZodType<{ readonly sha256: string }>>(
  folder: string,
  schema: S,
): Promise<{ readonly manifest: z.infer<S>; readonly bytes: Buffer; readonly kinds: Buffer | undefined }> {
  const sums = await readFile(join(folder, SUMS_FILE), 'utf8').catch((cause: unknown) => {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected ${folder} to be a package of pipeline, it has no ${SUMS_FILE}.`,
      { cause },
    );
  });
  const expected = new Map(sums.split('\n').map((line) => [line.slice(66), line.slice(0, 64)]));
  const [bytes, text] = await Promise.all([
    verified(folder, MODEL_FILE, expected.get(MODEL_FILE)),
    verified(folder, MANIFEST_FILE, expected.get(MANIFEST_FILE)),
  ]);
  const manifest = manifestOf(text.toString('utf8'), schema);
  if (manifest.sha256 !== sha256Of(bytes)) {
    throw new AlertforestError(
      'MODEL_CORRUPT',
      `${MODEL_FILE} is not the model that the manifest speaks of.`,
    );
  }
  const kindsSum = expected.get(KINDS_FILE);
  const kinds = kindsSum === undefined ? undefined : await verified(folder, KINDS_FILE, kindsSum);
  return { manifest, bytes, kinds };
}

async function verified(folder: string, name: string, expected: string | undefined): Promise<Buffer> {
  const bytes = await readFile(join(folder, name)).catch((cause: unknown) => {
    throw new AlertforestError('MODEL_CORRUPT', `The package ${folder} has no ${name}.`, { cause });
  });
  const sha256 = sha256Of(bytes);
  if (sha256 === expected) return bytes;
  throw new AlertforestError(
    'MODEL_CORRUPT',
    `${name} has sha256 ${sha256}, expected ${expected ?? `a line for it in ${SUMS_FILE}`}.`,
  );
}

function manifestOf<S extends z.ZodType<{ readonly sha256: string }>>(text: string, schema: S): z.infer<S> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AlertforestError('MODEL_CORRUPT', `Expected ${MANIFEST_FILE} to be JSON.`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = inputIssues(parsed.error);
  throw new AlertforestError('MODEL_CORRUPT', `${MANIFEST_FILE}, ${issue?.path}: ${issue?.message}`);
}
