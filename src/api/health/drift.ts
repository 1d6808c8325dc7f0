import { z } from 'zod';

export const driftSchema = z
  .object({
    status: z.enum(['ok', 'drifted', 'warming_up']).meta({
      description: '`warming_up` below 500 alerts on either side.',
    }),
    detail: z.string(),
    window_alerts: z.int(),
    baseline_alerts: z.int(),
    method: z
      .object({ index: z.string(), distance: z.string() })
      .meta({ description: 'How the two numbers of a measure are computed.' }),
    bins: z.string().meta({ description: 'What both sides are counted in.' }),
    floor: z
      .number()
      .meta({ description: 'Least share a bin counts as in the index; the distance needs none.' }),
    inputs: z.object({ compared: z.int(), constant: z.int(), shifted: z.int() }).meta({
      description: 'Input columns; one that holds a single, equal value on both sides is not compared.',
    }),
    shifted: z.array(z.string()).meta({ description: 'All that has shifted, largest index first.' }),
    measures: z.array(
      z.object({
        name: z.string(),
        kind: z.enum(['output', 'input']),
        psi: z.number().meta({ description: 'Population stability index; above 0.25 counts as shifted.' }),
        js_distance: z.number().meta({ description: 'Jensen-Shannon distance, base 2, 0-1.' }),
        bins: z.int(),
        bins_of: z.enum(['release', 'baseline']).meta({
          description: 'Whose bins: frozen with the release, or of the alerts compared with.',
        }),
        distribution: z
          .array(
            z.object({
              label: z
                .string()
                .meta({ description: 'The value, the range of values, `other` or `missing`.' }),
              before: z.number(),
              now: z.number(),
            }),
          )
          .meta({
            description: 'Shares of both sides by bin, ascending; bins that neither side fills are left out.',
          }),
        shifted: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'Drift' });
