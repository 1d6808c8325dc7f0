import { z } from 'zod';
import { dispositionSchema, severitySchema } from '../../alert/alert.ts';

const next = z.string().nullable().meta({ description: 'Go on with `after` this; null on the last page.' });
const share = z.number().nullable();

/** What a row says of the alert that it is about. */
const ofAlert = {
  alert_key: z.string(),
  alert_id: z.string(),
  tenant: z.string().nullable(),
  source: z.string(),
  severity: severitySchema,
  occurred_at: z.string(),
};

export const exportedVoteSchema = z
  .object({
    ...ofAlert,
    disposition: dispositionSchema,
    risk_score: z.number().nullable(),
    analyst: z.string(),
    verified: z.boolean(),
    from: z.enum(['person', 'record']),
    at: z.string(),
    incident_id: z.string().nullable().meta({ description: 'Where the incident was judged as a whole.' }),
    comment: z.string().nullable(),
    effective_disposition: dispositionSchema.meta({ description: 'What all votes amount to.' }),
    agreement: z.number(),
    ruling: z.enum(['confirm', 'reject']).nullable(),
  })
  .meta({ id: 'ExportedVote' });
export type ExportedVote = z.infer<typeof exportedVoteSchema>;

export const exportedVerdictSchema = z
  .object({
    verdict_id: z.string().nullable(),
    ...ofAlert,
    scored_at: z.string(),
    disposition: dispositionSchema,
    decision: z.string().meta({ description: 'close, review or escalate.' }),
    final_score: z.number(),
    risk_score: z.number(),
    anomaly_score: z.number(),
    is_anomaly: z.boolean(),
    probability_true_positive: share,
    probability_false_positive: share,
    probability_suspicious: share,
    probability_benign: share,
    audit_sample: z.boolean(),
    incident_id: z.string().nullable(),
    rules: z.string().meta({ description: 'Ids of the rules that hit, a blank between them.' }),
    classifier: z.string().nullable().meta({ description: 'Version.' }),
    anomaly: z.string().nullable(),
    scorer: z.string().nullable(),
  })
  .meta({ id: 'ExportedVerdict' });
export type ExportedVerdict = z.infer<typeof exportedVerdictSchema>;

export const exportedVotesSchema = z
  .object({ votes: z.array(exportedVoteSchema), next })
  .meta({ id: 'ExportedVotes' });

export const exportedVerdictsSchema = z
  .object({ verdicts: z.array(exportedVerdictSchema), next })
  .meta({ id: 'ExportedVerdicts' });
