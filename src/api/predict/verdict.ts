import { z } from 'zod';
import { alertSchema, dispositionSchema, entitySchema } from '../../alert/alert.ts';
import { problemSchema } from '../problem.ts';
import { similarAlertsSchema } from '../similar/similar.ts';

const probability = z.number().min(0).max(1);
const score = z.number().min(0).max(100);

export const probabilitiesSchema = z
  .object({
    true_positive: probability,
    false_positive: probability,
    suspicious: probability,
    benign: probability,
  })
  .meta({ id: 'Probabilities', description: 'Calibrated; sums to 1 before rounding.' });

/** The alert as it was read, without the payload; each entity says where it came from. */
export const alertAsReadSchema = alertSchema
  .omit({ raw: true, entities: true })
  .extend({ entities: z.array(entitySchema.extend({ from: z.string() })) })
  .meta({ id: 'AlertAsRead', description: 'With debug=mapping: the alert as it was read.' });

export const inputReportSchema = z
  .object({
    dialect: z.string().meta({ description: 'Vendor format the payload was recognised as.' }),
    completeness: z.number().min(0).max(1),
    warnings: z.array(z.string()),
    fields: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'With debug=mapping: canonical field -> where it was read from.' }),
    missing: z.array(z.string()).optional(),
    alert: alertAsReadSchema.optional(),
    rescored: z
      .boolean()
      .optional()
      .meta({ description: 'True where this alert was scored before, for example without its entities.' }),
  })
  .meta({ id: 'InputReport' });

export const contributionSchema = z
  .object({
    part: z.enum(['classifier', 'anomaly', 'scorer', 'context', 'rule', 'base']),
    feature: z.string(),
    value: z.number().nullable().meta({ description: 'The feature value, null where missing.' }),
    points: z.number().meta({ description: 'Points of final_score this adds or takes.' }),
  })
  .meta({ id: 'Contribution' });

export const explanationSchema = z
  .object({
    base: z.number().meta({ description: 'final_score of an average alert.' }),
    parts: z.record(z.string(), z.number()).meta({
      description: 'Points by part of the blend; base + parts = final_score.',
    }),
    contributions: z.array(contributionSchema),
    other: z.number().meta({ description: 'Sum of the contributions that are not listed.' }),
    reasons: z.array(z.string()),
    withheld: z
      .string()
      .optional()
      .meta({ description: 'Why no explanation is given, where the parts do not add up.' }),
  })
  .meta({ id: 'Explanation' });

export const versionsServedSchema = z
  .object({ classifier: z.string(), anomaly: z.string(), scorer: z.string() })
  .meta({ id: 'ServedVersions' });

export const ruleHitSchema = z
  .object({
    id: z.string().meta({ description: 'Name of the rule, see GET /rules/{id}.' }),
    level: z.enum(['informational', 'low', 'medium', 'high', 'critical']),
    weight: z.number().meta({
      description: 'Evidence in nats: above 0 it speaks for an attack, below 0 against one.',
    }),
    half: z.boolean().meta({ description: 'The hit holds only because a field is absent; it weighs half.' }),
    fields: z
      .array(
        z.object({
          name: z.string().meta({ description: 'As rules name it; empty where everything was searched.' }),
          values: z
            .array(z.string())
            .optional()
            .meta({ description: 'With RULE_VALUES=on: up to three values, each cut to 200 characters.' }),
        }),
      )
      .optional()
      .meta({ description: 'With explain: where the rule found something. A correlation has none.' }),
  })
  .meta({ id: 'RuleHit' });

export const verdictContextSchema = z
  .object({
    score: probability
      .nullable()
      .meta({ description: "How much stands out about the alert; null in a tenant's first day." }),
    lead: z
      .object({ score, share: probability })
      .nullable()
      .meta({
        description:
          'ml_score = (1 - share) x models + share x score: the context leads until alerts are judged; null where the ' +
          'models speak alone.',
      }),
    notable: z
      .boolean()
      .meta({ description: 'Whether the alert stands out. Such an alert is never closed.' }),
    warming_up: z
      .boolean()
      .meta({ description: 'The tenant has been watched for less than a day: severity and rules decide.' }),
    stages: z
      .record(z.string(), z.enum(['loading', 'late', 'failed']))
      .optional()
      .meta({ description: 'Stages that gave nothing, and why.' }),
  })
  .meta({ id: 'VerdictContext' });

export const verdictIncidentSchema = z
  .object({
    id: z.string(),
    provisional: z.boolean().meta({
      description: 'Whether the incident may still merge into another; ask for it by this id all the same.',
    }),
    size: z.int().min(1),
    rules: z.int().min(0),
    score,
    tactics: z.array(z.string()).meta({ description: 'ATT&CK tactics in the order they were reached.' }),
    joined_by: z.array(z.string()),
  })
  .meta({ id: 'VerdictIncident' });

const whatIfSchema = z
  .object({
    kind: z.enum(['severity', 'entity', 'rule']).meta({
      description: 'Another severity, an entity left out, a rule switched off.',
    }),
    value: z
      .string()
      .meta({ description: 'The severity tried; `kind:value` of the entity; id of the rule.' }),
    final_score: score,
    change: z.number().meta({ description: 'Of the final score.' }),
    risk_level: z.enum(['low', 'medium', 'high', 'critical']),
    disposition: dispositionSchema,
    decision: z.enum(['close', 'review', 'escalate']),
  })
  .meta({ id: 'WhatIf' });
export type WireWhatIf = z.infer<typeof whatIfSchema>;

export const verdictSchema = z
  .object({
    verdict_id: z
      .string()
      .meta({ description: 'Names this verdict; scoring the alert again gives another.' }),
    alert_id: z.string(),
    alert_key: z.string(),
    disposition: dispositionSchema,
    confidence: probability.meta({ description: 'Calibrated probability of the disposition.' }),
    probabilities: probabilitiesSchema,
    risk_score: score,
    is_anomaly: z.boolean(),
    anomaly_score: probability,
    ml_score: score,
    rule_score: score.nullable().meta({
      description: 'Null with the rules off, and where the alert has none of the fields that rules test.',
    }),
    rules: z.array(ruleHitSchema).meta({ description: 'Rules that hit, strongest first; at most 64.' }),
    final_score: score,
    risk_level: z.enum(['low', 'medium', 'high', 'critical']),
    decision: z.enum(['close', 'review', 'escalate']),
    decision_reason: z.string().optional(),
    policy: z.literal('default').optional().meta({
      description:
        'Only where the stored policy cannot be read and none was read before: the built-in one decides, nothing is closed.',
    }),
    context: verdictContextSchema,
    incident: verdictIncidentSchema.nullable(),
    reasons: z.array(z.string()),
    intel: z
      .array(z.object({ source: z.string(), kind: z.string(), confidence: z.number() }))
      .nullable()
      .meta({
        description:
          'Indicators that the entities of the alert hit, most confident first; null where nothing was looked up: off or loading.',
      }),
    timing: z
      .record(z.string(), z.number())
      .optional()
      .meta({ description: 'With debug=timing: microseconds by stage.' }),
    versions: versionsServedSchema,
    input: inputReportSchema,
    scored_at: z.string(),
    explanation: explanationSchema.nullable(),
    similar: similarAlertsSchema.optional().meta({ description: 'With similar: the nearest judged alerts.' }),
    what_if: z.array(whatIfSchema).optional().meta({
      description: 'With what_if: one change at a time, what moves the final score most first.',
    }),
  })
  .meta({ id: 'Verdict' });
export type WireVerdict = z.infer<typeof verdictSchema>;

export const skipSchema = z
  .object({
    code: z.string(),
    reason: z.string(),
    ref: z
      .string()
      .optional()
      .meta({ description: 'What the record is about: an alert, an incident, what to answer.' }),
  })
  .meta({ id: 'Skip', description: 'A record that is understood and no alert: it is not scored.' });

const skippedParts = {
  skipped: skipSchema,
  alert_key: z
    .string()
    .optional()
    .meta({ description: 'With debug=mapping: key of the alert that the record speaks of.' }),
  input: inputReportSchema.optional().meta({ description: 'With debug=mapping: how the record was read.' }),
};

export const skippedSchema = z.object(skippedParts).meta({ id: 'Skipped' });
export type WireSkipped = z.infer<typeof skippedSchema>;

export const batchResultSchema = z
  .object({
    results: z.array(
      z.object({
        index: z.int().min(0),
        verdict: verdictSchema.optional(),
        error: problemSchema.optional(),
        skipped: skipSchema.optional(),
        alert_key: z.string().optional(),
        input: inputReportSchema.optional(),
      }),
    ),
  })
  .meta({ id: 'BatchResult' });
export type WireBatchResult = z.infer<typeof batchResultSchema>;
