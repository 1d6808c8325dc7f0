import { z } from 'zod';
import { ALERT_KEY, dispositionSchema } from './alert.ts';

/** One judgement in our own words. A closed vendor record may be posted instead. */
export const feedbackItemSchema = z
  .object({
    alert_key: z.string().regex(ALERT_KEY, 'Expected 32 hex digits.').optional(),
    /** A number is the same id as its text. */
    alert_id: z.union([z.string().min(1).max(1024), z.int().transform(String)]).optional(),
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
