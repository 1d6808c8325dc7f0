import { z } from 'zod';
import { dispositionSchema } from '../../alert/alert.ts';

const rulingStandingSchema = z.object({
  action: z.enum(['confirm', 'reject']),
  by: z.string(),
  why: z.string().nullable(),
  at: z.string(),
});

export const heldSchema = z
  .object({
    alert_key: z.string(),
    guard: z
      .string()
      .meta({ description: 'analyst_rate, rule_rate, rule_share, analyst_share, rule_reversal.' }),
    reason: z.string(),
    rule_key: z.string().meta({ description: 'Names the rule of this tenant, for ruling on all of it.' }),
    rule: z.string().nullable().meta({ description: 'Its name, while an incident remembers the alert.' }),
    title: z.string().nullable().meta({ description: 'Likewise; null where only hashes are kept.' }),
    disposition: dispositionSchema.nullable(),
    votes: z.array(
      z.object({
        analyst: z.string(),
        disposition: dispositionSchema,
        at: z.string(),
        verified: z.boolean(),
        from: z.enum(['person', 'record']),
      }),
    ),
    judged_at: z.string().nullable(),
    contradicts: z.object({ incidents: z.int().min(0), of: z.int().min(0) }).meta({
      description: 'Of the judged incidents of this rule, how many say the opposite (attack or none).',
    }),
    ruling: rulingStandingSchema.nullable().meta({ description: 'Counts at the next retrain.' }),
  })
  .meta({ id: 'HeldJudgement' });
export type WireHeld = z.infer<typeof heldSchema>;

export const quarantineSchema = z
  .object({
    held: z.array(heldSchema),
    total: z.int().min(0).meta({ description: 'That match, on all pages.' }),
    next_offset: z.int().nullable(),
    release: z.string(),
  })
  .meta({ id: 'Quarantine' });
export type WireQuarantine = z.infer<typeof quarantineSchema>;

export const rulingRequestSchema = z
  .object({
    action: z.enum(['confirm', 'reject']),
    by: z.string().max(256).optional(),
    why: z.string().max(1024).optional(),
  })
  .meta({ id: 'RulingRequest' });

export const rulingSchema = z
  .object({
    alert_key: z.string(),
    action: z.string(),
    status: z.string(),
    pending: z.boolean(),
    before: rulingStandingSchema.nullable(),
    after: rulingStandingSchema.nullable(),
  })
  .meta({ id: 'Ruling' });

export const bulkRulingRequestSchema = z
  .object({
    action: z.enum(['confirm', 'reject']),
    rule_key: z.string().optional(),
    analyst: z.string().max(256).optional(),
    guard: z.string().max(64).optional(),
    since: z.iso.datetime().optional().meta({ description: 'Judged at or after.' }),
    until: z.iso.datetime().optional().meta({ description: 'Judged before.' }),
    dry_run: z.boolean().default(false),
    by: z.string().max(256).optional(),
    why: z.string().max(1024).optional(),
  })
  .refine(
    (asked) =>
      [asked.rule_key, asked.analyst, asked.guard, asked.since, asked.until].some((one) => one !== undefined),
    { path: ['rule_key'], error: 'Expected at least one of rule_key, analyst, guard, since and until.' },
  )
  .meta({ id: 'BulkRulingRequest' });
export type BulkRulingRequest = z.infer<typeof bulkRulingRequestSchema>;

export const bulkRulingSchema = z
  .object({
    action: z.string(),
    matched: z.int().min(0),
    ruled: z.int().min(0).meta({ description: 'Whose ruling is another one now; 0 in a dry run.' }),
    dry_run: z.boolean(),
    before: z.object({ open: z.int().min(0) }).meta({ description: 'Held judgements without a ruling.' }),
    after: z.object({ open: z.int().min(0) }),
    alert_keys: z.array(z.string()).meta({ description: 'That match; the first hundred.' }),
  })
  .meta({ id: 'BulkRuling' });
export type WireBulkRuling = z.infer<typeof bulkRulingSchema>;
