import { z } from 'zod';
import { DISPOSITIONS } from '../alert/alert.ts';
import { AlertforestError } from '../errors.ts';
import {
  decodeContainer,
  encodeContainer,
  FormatError,
  type JsonObject,
  type TypedArray,
} from '../trees/forest/forest-format.ts';
import { ColumnLayout } from './column-layout.ts';
import type { TrainingRows } from './training-rows.ts';

const jsonObjectSchema = z.record(z.string(), z.json());

/** What every model's header says of itself; `extra` is the model's own. */
const headerSchema = z.object({
  catalog_id: z.string(),
  columns: z.array(z.object({ name: z.string(), definition: z.int().min(1) })),
  algorithm: z.string(),
  hyperparameters: jsonObjectSchema,
  seed: z.number(),
  training: jsonObjectSchema,
  /** What the trainer wants to be remembered: data set, time, versions. */
  info: jsonObjectSchema,
  extra: jsonObjectSchema,
});
export type ModelHeader = z.infer<typeof headerSchema>;

export interface ModelArtefact {
  readonly header: ModelHeader;
  readonly layout: ColumnLayout;
  readonly sections: Record<string, TypedArray>;
}

/** Same header and sections, same bytes. */
export function encodeArtefact(
  kind: string,
  header: ModelHeader,
  sections: Record<string, TypedArray>,
): Uint8Array {
  return encodeContainer(kind, header as unknown as JsonObject, sections);
}

/**
 * Reads a model of kind `kind`.
 *
 * @throws AlertforestError MODEL_CORRUPT for bytes that are no whole model, MODEL_FORMAT_UNSUPPORTED for a model of
 * another kind or with columns that this build does not know (named)
 */
export function decodeArtefact(kind: string, bytes: Uint8Array): ModelArtefact {
  const container = readingModel(kind, () => decodeContainer(bytes));
  if (container.kind !== kind) {
    throw new AlertforestError(
      'MODEL_FORMAT_UNSUPPORTED',
      `Expected a model of kind ${kind}, got ${container.kind}.`,
    );
  }
  const parsed = headerSchema.safeParse(container.header);
  if (!parsed.success) {
    throw new AlertforestError(
      'MODEL_FORMAT_UNSUPPORTED',
      `Cannot read the header of a ${kind}: ${z.prettifyError(parsed.error)}`,
      { cause: parsed.error },
    );
  }
  const layout = ColumnLayout.fromReferences(parsed.data.columns);
  return { header: parsed.data, layout, sections: container.sections };
}

/** Runs `read` and turns what the learners throw about bad bytes into MODEL_CORRUPT. */
export function readingModel<T>(kind: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof FormatError || cause instanceof RangeError || cause instanceof TypeError) {
      throw new AlertforestError('MODEL_CORRUPT', `Cannot read a ${kind}: ${cause.message}`, { cause });
    }
    throw cause;
  }
}

/** A section of bytes: a learner's own container inside the model's. */
export function bytesOf(sections: Record<string, TypedArray>, name: string): Uint8Array {
  const section = sections[name];
  if (section instanceof Uint8Array) return section;
  throw new AlertforestError('MODEL_CORRUPT', `Expected a section \`${name}\` of bytes in the model.`);
}

/** What a header says of the rows behind a model. */
export function trainingSummary(rows: TrainingRows): JsonObject {
  const classCounts = DISPOSITIONS.map(() => 0);
  let nSynthetic = 0;
  let oldestMs = Number.POSITIVE_INFINITY;
  let newestMs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < rows.labels.length; i++) {
    classCounts[rows.labels[i]!]! += 1;
    nSynthetic += rows.synthetic[i]!;
    oldestMs = Math.min(oldestMs, rows.occurredAtMs[i]!);
    newestMs = Math.max(newestMs, rows.occurredAtMs[i]!);
  }
  const momentOf = (ms: number): string | null => (Number.isFinite(ms) ? new Date(ms).toISOString() : null);
  return {
    n_rows: rows.labels.length,
    n_synthetic: nSynthetic,
    n_groups: new Set(rows.groups).size,
    class_counts: Object.fromEntries(DISPOSITIONS.map((disposition, c) => [disposition, classCounts[c]!])),
    oldest_at: momentOf(oldestMs),
    newest_at: momentOf(newestMs),
  };
}
