import { z } from 'zod';

export const driftSchema = z
  .object({
    status: z.enum(['ok', 'drifted', 'unknown']),
    detail: z.string(),
    window_alerts: z.int(),
    baseline_alerts: z.int(),
    measures: z.array(
      z.object({
        name: z.string(),
        kind: z.enum(['output', 'input']),
        psi: z.number().meta({ description: 'Population stability index; above 0.25 counts as shifted.' }),
        shifted: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'Drift' });
