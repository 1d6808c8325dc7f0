import { z } from 'zod';
import { costMatrixSchema } from '../../policy/policy.ts';

const share = z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable().meta({
  description: 'With a 95 % interval over incidents drawn again; null where there is nothing to count.',
});

const figures = {
  close_below: z.number().meta({ description: 'Everything with a lower attack probability is closed.' }),
  closed: share,
  missed: share,
  missed_attacks: z.int().min(0).meta({ description: 'True positives among the closed, as judged alerts.' }),
  cost_per_alert: share,
};

export const workloadSchema = z
  .object({
    model: z.object({ name: z.literal('classifier'), version: z.string() }),
    judged: z.int().min(0).meta({ description: 'Judged alerts behind every figure.' }),
    true_positives: z.int().min(0),
    incidents: z.int().min(0),
    audit_samples: z
      .int()
      .min(0)
      .meta({ description: 'Of them, those that only the audit sample kept open.' }),
    split: z
      .literal('out_of_fold')
      .meta({ description: 'Scored by models that had not seen their incident.' }),
    costs: costMatrixSchema,
    curve: z.array(z.object(figures)).meta({ description: 'By ascending close_below.' }),
    today: z.object(figures).nullable().meta({ description: 'At the cut of the policy in force.' }),
    proposed: z
      .object({
        ...figures,
        costs: costMatrixSchema,
        change: z.object({ closed: share, missed: share, cost_per_alert: share }).meta({
          description: 'Against today, both at the proposed costs, over the same resamples.',
        }),
      })
      .nullable()
      .meta({ description: 'At the cut of the costs asked about; null where none were.' }),
    reliability: z
      .array(
        z.object({
          alerts: z.int().min(1),
          predicted: z.number().meta({ description: 'Mean attack probability, 0-1.' }),
          observed: share.meta({ description: 'Share that was an attack, with a 95 % interval.' }),
        }),
      )
      .meta({
        description:
          'Whether 30 % means 30 %: judged alerts by ascending attack probability, about as many in each bin.',
      }),
    note: z.string(),
  })
  .meta({ id: 'Workload' });
export type WireWorkload = z.infer<typeof workloadSchema>;
