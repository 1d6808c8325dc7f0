import { z } from 'zod';
import { policySchema } from '../../policy/policy.ts';
import { criticalCaseSetSchema } from '../../training/gate/critical-case-set.ts';

/** The policy in force, as stored and as answered. */
export const policyDocumentSchema = z
  .object({
    seq: z.int().min(0).meta({ description: '0 is the built-in policy: none was stored yet.' }),
    policy: policySchema,
    by: z.string(),
    why: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'PolicyDocument' });
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;

const alertCase = z.object({ id: z.string().min(1).max(128), alert: z.record(z.string(), z.unknown()) });

/** What GET answers of the cases: may be sent back as it is, changes come as `add` and `retire`. */
const { seq, cases, retired } = criticalCaseSetSchema.shape;
const answeredCases = { seq: seq.optional(), cases: cases.optional(), retired: retired.optional() };

export const policyRequestSchema = z
  .object({
    policy: policySchema.optional(),
    critical_cases: z
      .object({
        add: z.array(alertCase).max(500).default([]),
        retire: z.array(z.object({ id: z.string(), why: z.string().min(1).max(1024) })).default([]),
        ...answeredCases,
      })
      .nullish(),
    document: policyDocumentSchema.optional().meta({
      description: 'As GET answers it: taken as its policy, while the stored one has its seq.',
    }),
    close_below: z.number().optional().meta({ description: 'As GET answers it; follows from the policy.' }),
    uncovered: z.array(z.string()).optional().meta({ description: 'As GET answers it; not to be set.' }),
    if_seq: z.int().min(0).optional().meta({
      description: 'Replace only while the stored policy has this seq.',
    }),
    by: z.string().max(256).optional(),
    why: z.string().max(1024).optional(),
  })
  .refine(
    ({ policy, document, critical_cases }) =>
      (policy ?? document ?? critical_cases ?? undefined) !== undefined,
    { path: ['policy'], error: 'Expected `policy`, `critical_cases` or both.' },
  )
  .meta({ id: 'PolicyRequest' });

const shares = z.object({ close: z.number(), review: z.number(), escalate: z.number() });

export const policyOutcomeSchema = z
  .object({
    alerts: z.int(),
    true_positives: z.int(),
    shares,
    missed: z.int().meta({
      description: 'True positives that would have been closed, but for the audit sample that found them.',
    }),
    miss_rate: z.number().nullable(),
    cost_per_alert: z.number().nullable(),
  })
  .meta({ id: 'PolicyOutcome' });

export const policyAnswerSchema = z
  .object({
    document: policyDocumentSchema,
    critical_cases: criticalCaseSetSchema.nullable(),
    close_below: z.number().meta({ description: 'Attack probability below which closing is considered.' }),
    uncovered: z.array(z.string()).meta({
      description: 'Classes with too few judged alerts for a promise at this alpha.',
    }),
    before: z
      .object({ document: policyDocumentSchema, critical_cases: criticalCaseSetSchema.nullable() })
      .optional()
      .meta({ description: 'What stood before a change; what stands beside it is as it is now.' }),
    preview: z
      .object({
        held_out: z.int(),
        now: policyOutcomeSchema.nullable(),
        proposed: policyOutcomeSchema.nullable(),
        note: z.string(),
      })
      .optional(),
  })
  .meta({ id: 'PolicyAnswer' });
