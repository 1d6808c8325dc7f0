import { z } from 'zod';
import { problemSchema } from '../problem.ts';

const count = z.int().min(0);

export const feedbackItemResultSchema = z
  .object({
    index: count,
    status: z.enum(['accepted', 'duplicate', 'revised', 'no_label']).optional(),
    alert_key: z.string().optional(),
    reason: z.string().optional(),
    members: count
      .optional()
      .meta({ description: 'Alerts of a closed incident that took its label as well.' }),
    error: problemSchema.optional(),
  })
  .meta({ id: 'FeedbackItemResult' });

export const feedbackResultSchema = z
  .object({
    accepted: count,
    duplicates: count,
    revised: count,
    no_label: count,
    pending: count.meta({
      description: 'Judged alerts that no model has learned from yet, at the last count.',
    }),
    retrain_after: count,
    retrain_queued: z.boolean(),
    results: z.array(feedbackItemResultSchema).optional(),
  })
  .meta({ id: 'FeedbackResult' });
export type WireFeedbackResult = z.infer<typeof feedbackResultSchema>;
export type WireFeedbackItemResult = z.infer<typeof feedbackItemResultSchema>;
