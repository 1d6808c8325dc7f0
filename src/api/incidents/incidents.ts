import { z } from 'zod';
import { dispositionSchema } from '../../alert/alert.ts';

const score = z.number().min(0).max(100);

const judgedSchema = z.object({ disposition: dispositionSchema, analyst: z.string(), at: z.string() });

export const incidentSummarySchema = z
  .object({
    id: z.string().meta({ description: 'What the incident is called by now.' }),
    score: score.meta({ description: 'How much speaks for an attack; 20.6 and more is never closed.' }),
    alerts: z.int().min(1),
    rules: z.array(
      z.object({
        name: z.string(),
        alerts: z.int().min(1),
        strength: z.number().min(0).meta({ description: 'How far its strongest alert stands out.' }),
      }),
    ),
    entities: z.array(z.string()).meta({ description: '`kind:value`; empty where only hashes are kept.' }),
    tactics: z.array(z.object({ id: z.string(), reached_at: z.string() })),
    first_at: z.string(),
    last_at: z.string(),
    state: z.enum(['open', 'judged']),
    judged: judgedSchema.nullable().meta({ description: 'The last judgement of the incident as a whole.' }),
  })
  .meta({ id: 'IncidentSummary' });
export type WireIncidentSummary = z.infer<typeof incidentSummarySchema>;

export const rollUpSchema = z
  .object({
    rule: z.string().meta({ description: 'Its name; `other rules` stands for those beyond 500 a day.' }),
    day: z.string().meta({ description: 'The UTC day of the alerts, like 2026-03-01.' }),
    alerts: z.int().min(1),
    entities: z
      .array(
        z.object({
          entity: z.string().meta({ description: '`kind:value`; empty where only hashes are kept.' }),
          alerts: z.int().min(1),
        }),
      )
      .meta({ description: 'Where they were raised, the most alerts first; at most 50.' }),
    elsewhere: z
      .int()
      .min(0)
      .meta({ description: 'Alerts that name no entity, or one beyond the 50 that are told apart.' }),
    first_at: z.string(),
    last_at: z.string(),
  })
  .meta({ id: 'RollUp' });
export type WireRollUp = z.infer<typeof rollUpSchema>;

export const incidentListSchema = z
  .object({
    incidents: z.array(incidentSummarySchema),
    roll_ups: z
      .array(rollUpSchema)
      .meta({ description: 'Routine alerts by rule and day; empty unless asked for by `kind=roll_up`.' }),
    total: z.int().min(0).meta({ description: 'Items of the kind asked for that match, on all pages.' }),
    next_offset: z.int().nullable().meta({ description: 'Where the next page begins; null on the last.' }),
    state: z.enum(['loading', 'shared', 'alone']).meta({
      description: '`alone`: storage was away at the start, so other instances are not heard yet.',
    }),
  })
  .meta({ id: 'IncidentList' });
export type WireIncidentList = z.infer<typeof incidentListSchema>;

export const incidentSchema = incidentSummarySchema
  .extend({
    merged_into: z
      .string()
      .nullable()
      .meta({ description: 'The id it goes by now, where it was asked for by an earlier one.' }),
    members: z
      .array(
        z.object({
          alert_key: z.string(),
          title: z.string(),
          rule: z.string(),
          at: z.string(),
          strength: z.number().min(0),
          joined_by: z
            .array(z.string())
            .meta({ description: 'entity, rule, new_rule, first_sight, pair, tenant or vendor_incident.' }),
          joined_by_entities: z.array(z.string()).meta({
            description:
              'What it shared with the alerts before it, `kind:value`; empty where only hashes are kept.',
          }),
          verdict_id: z.string().nullable(),
          disposition: z.string().nullable(),
          decision: z.string().nullable(),
          final_score: score.nullable(),
        }),
      )
      .meta({ description: 'The strongest first; at most 150 are kept, all are counted.' }),
  })
  .meta({ id: 'Incident' });
export type WireIncident = z.infer<typeof incidentSchema>;

export const incidentJudgementSchema = z
  .object({
    disposition: dispositionSchema,
    risk_score: z.number().min(0).max(100).optional(),
    analyst: z.string().min(1).max(256).optional(),
    comment: z.string().max(4096).optional(),
  })
  .meta({ id: 'IncidentJudgement' });
export type IncidentJudgement = z.infer<typeof incidentJudgementSchema>;

export const incidentJudgedSchema = z
  .object({
    id: z.string(),
    accepted: z.int().min(0),
    revised: z.int().min(0),
    duplicates: z.int().min(0),
    own_judgement: z
      .int()
      .min(0)
      .meta({ description: 'Members left alone: a person judged them one by one.' }),
    not_logged: z.int().min(0).meta({ description: 'Members that the prediction log does not hold.' }),
    pending: z.int().min(0),
    retrain_queued: z.boolean(),
  })
  .meta({ id: 'IncidentJudged' });
export type WireIncidentJudged = z.infer<typeof incidentJudgedSchema>;

export const incidentWithdrawnSchema = z
  .object({
    id: z.string(),
    analyst: z.string(),
    withdrawn: z.int().min(0).meta({ description: 'Members whose vote was taken back with it.' }),
    before: judgedSchema.nullable().meta({ description: 'The judgement of the whole that stood.' }),
    after: judgedSchema.nullable().meta({ description: 'The one of another analyst that stands now.' }),
    pending: z.int().min(0),
    retrain_queued: z.boolean(),
  })
  .meta({ id: 'IncidentWithdrawn' });
export type WireIncidentWithdrawn = z.infer<typeof incidentWithdrawnSchema>;

export const quietRequestSchema = z
  .object({
    tenant: z.string().max(1024).optional(),
    rule: z
      .string()
      .min(1)
      .max(1024)
      .optional()
      .meta({ description: 'Its id as alerts carry it, else its name, else the title with # for numbers.' }),
    source: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .meta({ description: 'The product that raises the alerts.' }),
    hours: z.number().positive().max(168).default(24),
    by: z.string().max(256).optional(),
    why: z.string().max(1024).optional(),
  })
  .meta({ id: 'QuietRequest' });
export type QuietRequest = z.infer<typeof quietRequestSchema>;

const quietState = z.object({ until: z.string() });
export const quietSchema = quietState
  .extend({
    before: quietState.nullable().meta({ description: 'Null where nothing was announced.' }),
    after: quietState.meta({ description: 'A later moment announced before stays.' }),
  })
  .meta({ id: 'Quiet' });
export type WireQuiet = z.infer<typeof quietSchema>;
