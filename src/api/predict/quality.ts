import { z } from 'zod';
import { SEVERITIES } from '../../alert/alert.ts';
import type { QualityReport } from '../../intake/quality.ts';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const counts = z.record(z.string(), count);

/** The data-quality report as answered; the report itself says what each number means. */
export const qualityReportSchema = z
  .object({
    total: count,
    read: count,
    rejected: count,
    skipped: count,
    recognised_share: share.meta({ description: 'Of all payloads: read by a dialect, not by guessing.' }),
    dialects: z.record(z.string(), z.object({ count, completeness: share })),
    sources: counts,
    severities: z.object(
      Object.fromEntries(SEVERITIES.map((severity) => [severity, count])) as Record<
        (typeof SEVERITIES)[number],
        typeof count
      >,
    ),
    missing: counts.meta({ description: 'Expected field -> alerts without it.' }),
    out_of_range: z.object({
      unknown_severity: count,
      unreadable_time: count,
      substituted_time: count,
      score_above_100: count,
    }),
    duplicates: z.object({ repeated: count, changed: count, without_id: count }),
    clock_skew: z.object({
      in_future: count,
      created_before_occurred: count,
      delay_seconds: z.object({ p50: z.number(), p95: z.number(), max: z.number() }).nullable(),
    }),
    completeness: z.object({ mean: share, histogram: z.array(count) }),
    warnings: z.array(z.object({ warning: z.string(), count })),
    errors: z.array(z.object({ index: count, message: z.string() })),
  })
  .meta({ id: 'QualityReport' });

// Fails to compile where the report has a field that the schema does not know, or the other way round.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
type Holds<Claim extends true> = Claim;
export type QualityReportIsDescribed = Holds<
  Same<DeepReadonly<z.infer<typeof qualityReportSchema>>, DeepReadonly<QualityReport>>
>;
