import { z } from 'zod';
import { alertSchema } from '../../alert/alert.ts';
import type { CriticalCase } from '../trainer.ts';
import { CRITICAL_CASES } from './critical-cases.ts';

/** Cases of the operators' own that are kept, those that are retired included. */
export const MAX_CASES = 500;

/** `critical-cases.json`: the operator's own cases, and which ones no longer count. Moved with If-Match. */
export const criticalCaseSetSchema = z.object({
  seq: z.int().min(1),
  cases: z
    .array(
      z.object({ id: z.string().min(1).max(128), alert: alertSchema, by: z.string(), at: z.iso.datetime() }),
    )
    .max(MAX_CASES),
  /** Cases that operators judged otherwise, shipped ones included. */
  retired: z.array(z.object({ id: z.string(), by: z.string(), why: z.string(), at: z.iso.datetime() })),
});
export type CriticalCaseSet = z.infer<typeof criticalCaseSetSchema>;

/** The cases that count: shipped and own, less the retired. An own case replaces a shipped one of the same id. */
export function activeCriticalCases(set: CriticalCaseSet | undefined): CriticalCase[] {
  const retired = new Set(set?.retired.map(({ id }) => id));
  const byId = new Map(CRITICAL_CASES.map((one) => [one.id, one]));
  for (const { id, alert } of set?.cases ?? []) byId.set(id, { id, alert });
  return [...byId.values()].filter(({ id }) => !retired.has(id));
}
