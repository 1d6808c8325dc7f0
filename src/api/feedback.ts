import { z } from 'zod';
import { dispositionSchema } from '../alert/alert.ts';
import { problemSchema } from './verdict.ts';

/** One judgement in our own words. A closed vendor record may be posted instead. */
export const feedbackItemSchema = z
  .object({
    alert_key: z
      .string()
      .regex(/^[0-9a-f]{32}$/, 'Expected 32 hex digits.')
      .optional(),
    alert_id: z.string().min(1).max(1024).optional(),
    tenant: z.string().max(1024).optional(),
    source: z.string().max(256).optional(),
    disposition: dispositionSchema,
    risk_score: z.number().min(0).max(100).optional(),
    analyst: z.string().min(1).max(256).optional(),
    comment: z.string().max(4096).optional(),
    alert: z.record(z.string(), z.unknown()).optional().meta({
      description: 'The alert itself, any known format; needed where the service has not scored it.',
    }),
  })
  .meta({ id: 'FeedbackItem' });
export type FeedbackItem = z.infer<typeof feedbackItemSchema>;

const count = z.int().min(0);

export const feedbackItemResultSchema = z
  .object({
    index: count,
    status: z.enum(['accepted', 'duplicate', 'revised', 'no_label']).optional(),
    alert_key: z.string().optional(),
    reason: z.string().optional(),
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
