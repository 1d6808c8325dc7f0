import { z } from 'zod';
import { INDICATOR_KINDS } from './indicator.ts';

/** Names of sources: they stand in paths and in verdicts. */
export const SOURCE_NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

const counts = z.record(z.string(), z.int().min(0));

/** What is known of one source beside its indicators. */
export const intelSourceSchema = z
  .object({
    /** Blob that holds the indicators; never changed, a replacement lies under another name. */
    path: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    size_bytes: z.int().min(0),
    imported_at: z.string(),
    imported_by: z.string().optional(),
    /** Indicators by kind. */
    indicators: z.partialRecord(z.enum(INDICATOR_KINDS), z.int().min(0)),
    /** Confidence of indicators that bring none, 0-100. */
    default_confidence: z.number().min(0).max(100),
    refused: counts,
    passed_over: counts,
    suppressed: counts,
    warnings: z.array(z.string()),
  })
  .meta({ id: 'IntelSource', description: 'A source of indicators and what became of its import.' });
export type IntelSource = z.infer<typeof intelSourceSchema>;

/** The one mutable document: which sources there are. Moved only with If-Match. */
export const intelIndexSchema = z.object({
  format: z.literal(1),
  sources: z.record(z.string().regex(SOURCE_NAME), intelSourceSchema),
});
export type IntelIndex = z.infer<typeof intelIndexSchema>;

export const EMPTY_INDEX: IntelIndex = { format: 1, sources: {} };
/** Sources at once; each costs a lookup of every entity. */
export const MAX_SOURCES = 100;
