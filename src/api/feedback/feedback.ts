import { z } from 'zod';
import { dispositionSchema, severitySchema } from '../../alert/alert.ts';
import { problemSchema } from '../problem.ts';

const count = z.int().min(0);

/** How a closed record was read. */
export const closingSchema = z
  .object({
    disposition: z.union([dispositionSchema, z.literal('no_label')]),
    by: z.enum(['person', 'machine']),
    analyst: z.string().nullable(),
    closed_at: z.string().nullable(),
    words: z.string().meta({ description: "The vendor's own words." }),
  })
  .meta({ id: 'FeedbackClosing' });

export const feedbackItemResultSchema = z
  .object({
    index: count,
    status: z
      .enum(['accepted', 'duplicate', 'revised', 'superseded', 'withdrawn', 'no_label'])
      .optional()
      .meta({
        description:
          'superseded: an older state of a record, or a claim under a name whose proven vote stands; withdrawn: its record was reopened or says nothing any more.',
      }),
    alert_key: z.string().optional(),
    reason: z.string().optional(),
    unread: z
      .string()
      .optional()
      .meta({ description: 'A word in the place of the verdict that is in no vocabulary.' }),
    warnings: z.array(z.string()).optional(),
    members: count.optional().meta({ description: 'Alerts of an incident that follow its state as well.' }),
    closing: closingSchema.optional(),
    error: problemSchema.optional(),
  })
  .meta({ id: 'FeedbackItemResult' });

export const feedbackResultSchema = z
  .object({
    accepted: count,
    duplicates: count,
    revised: count,
    superseded: count,
    withdrawn: count,
    no_label: count,
    pending: count.meta({
      description: 'Alerts whose label changed and that no model has learned from yet, at the last count.',
    }),
    retrain_after: count,
    retrain_queued: z.boolean(),
    reason: z.string().optional().meta({ description: 'Why one record alone was answered so.' }),
    unread: z.string().optional(),
    warnings: z.array(z.string()).optional(),
    closing: closingSchema.optional(),
    results: z.array(feedbackItemResultSchema).optional(),
  })
  .meta({ id: 'FeedbackResult' });
export type WireFeedbackResult = z.infer<typeof feedbackResultSchema>;
export type WireFeedbackItemResult = z.infer<typeof feedbackItemResultSchema>;
export type WireClosing = z.infer<typeof closingSchema>;

/** What will teach of one alert. */
export const standingFeedbackSchema = z
  .object({
    alert_key: z.string(),
    label: dispositionSchema.nullable().meta({ description: 'null where nothing teaches.' }),
    from: z.enum(['person', 'record']).nullable(),
    weight: z.number().min(0).max(1).nullable().meta({ description: 'Share of the votes that agree.' }),
    record: z
      .object({
        id: z.string(),
        of: z.enum(['alert', 'incident']),
        at: z.string().meta({ description: "The vendor's time of its newest state, else its receipt." }),
        revision: count,
        state: z.enum(['open', 'closed']),
        label: dispositionSchema.nullable(),
      })
      .nullable()
      .meta({ description: 'The record that counts, else the newest that says nothing.' }),
    snapshot: z
      .object({
        severity: severitySchema,
        scored_at: z.string().nullable(),
        choice: z.enum(['update', 'last', 'sent', 'first']).meta({
          description:
            'update: the payload its vendor had changed last by the time of the judgement; last: scored last before its receipt; sent: came with it; first: kept from the first judgement.',
        }),
      })
      .nullable(),
  })
  .meta({ id: 'StandingFeedback' });
export type WireStandingFeedback = z.infer<typeof standingFeedbackSchema>;

const standing = z.object({
  label: dispositionSchema.nullable().meta({ description: 'Null where nothing teaches.' }),
  weight: z.number().nullable().meta({ description: 'Share of the votes that agree.' }),
});

export const feedbackWithdrawnSchema = z
  .object({
    alert_key: z.string(),
    analyst: z.string(),
    withdrawn: z
      .object({ disposition: dispositionSchema, risk_score: z.number().nullable(), at: z.string() })
      .meta({ description: 'The vote that was taken back, to be given again with POST /feedback.' }),
    before: standing,
    after: standing,
    pending: count,
    retrain_queued: z.boolean(),
  })
  .meta({ id: 'FeedbackWithdrawn' });
export type WireFeedbackWithdrawn = z.infer<typeof feedbackWithdrawnSchema>;
