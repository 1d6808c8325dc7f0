import { z } from 'zod';

const levelSchema = z.enum(['informational', 'low', 'medium', 'high', 'critical']);

/** What an operator decided about one rule, with who and why. */
export const ruleSettingSchema = z
  .object({
    enabled: z.boolean(),
    weight: z.number().min(0).max(2),
    why: z.string().max(1024),
    by: z.string().max(256),
    at: z.string(),
  })
  .meta({ id: 'RuleSetting' });

/** Every decision about rules, as one document; each version is kept. */
export const ruleSettingsDocumentSchema = z
  .object({ seq: z.int().min(1), settings: z.record(z.string().max(256), ruleSettingSchema) })
  .meta({ id: 'RuleSettingsDocument' });
export type RuleSettingsDocument = z.infer<typeof ruleSettingsDocumentSchema>;

export const ruleSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    level: levelSchema,
    against: z
      .enum(['low', 'medium', 'high'])
      .optional()
      .meta({ description: 'The rule speaks against an attack, this strongly.' }),
    reason: z.string(),
    module: z.string().meta({ description: 'Folder of the rule; rules of one overlap.' }),
    origin: z.enum(['shipped', 'customer']),
    enabled: z.boolean(),
    weight: z.number().min(0).max(2).meta({
      description: "An operator's factor on the rule's evidence, as `PUT` takes it; 1 where nobody decided.",
    }),
    evidence: z.number().meta({
      description: 'What a hit brings now, in nats, the factor included: > 0 for an attack, < 0 against one.',
    }),
    learned_evidence: z.number().nullable().meta({
      description:
        'In nats, before the factor; learned from judgements with the classifier that serves. Null: the level weighs.',
    }),
    judged: z
      .int()
      .min(0)
      .meta({ description: 'Judged incidents in which it hit; counted anew each minute.' }),
    precision: z.number().nullable().meta({
      description:
        'Share of the judged incidents on its side: attacks, or harmless ones where it speaks against.',
    }),
    precision_low: z.number().nullable().meta({ description: 'Of a 95 % Wilson interval.' }),
    precision_high: z.number().nullable(),
    advice: z.enum(['keep', 'tune', 'retire']).nullable().meta({
      description:
        'From 5 judged incidents on: `retire` where it is surely right less often than its side is among all judged incidents, `tune` where it may be.',
    }),
    adds: z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable().meta({
      description:
        'What it adds to the models: how much more an alert would cost without it, in the units of the cost matrix, over the judged alerts of the serving classifier, with a 95 % interval; below 0 where it costs more than it saves. Null where it hit none of them.',
    }),
    hits: z.int().min(0).meta({ description: 'On this instance since it started.' }),
    last_hit_at: z.string().nullable(),
    setting: ruleSettingSchema.optional(),
  })
  .meta({ id: 'Rule' });
export type WireRule = z.infer<typeof ruleSchema>;

const ruleState = z.object({ enabled: z.boolean(), weight: z.number().min(0).max(2) });
export const ruleChangeSchema = ruleSchema
  .extend({ before: ruleState, after: ruleState })
  .meta({ id: 'RuleChange', description: 'The rule as it counts now, with what was changed.' });
export type WireRuleChange = z.infer<typeof ruleChangeSchema>;

/** What `GET` answers beside, which `PUT` takes and does not read. */
const answeredBeside = ruleSchema.omit({ enabled: true, weight: true }).partial();

export const ruleSettingRequestSchema = answeredBeside
  .extend({
    enabled: z.boolean().meta({ description: 'False: the rule is not asked any more.' }),
    weight: z
      .number()
      .min(0)
      .max(2)
      .default(1)
      .meta({ description: "Factor on the rule's evidence: 0 counts nothing, 2 counts double." }),
    why: z.string().min(3).max(1024).meta({ description: 'Kept with the change, for the record.' }),
    by: z.string().max(256).optional().meta({ description: 'Who decides, where the caller has no name.' }),
  })
  .meta({ id: 'RuleSettingRequest' });

export const refusedRuleSchema = z
  .object({
    file: z.string(),
    line: z.int(),
    column: z.int(),
    id: z.string(),
    title: z.string(),
    reason: z.string(),
  })
  .meta({ id: 'RefusedRule' });

export const rulesAnswerSchema = z
  .object({
    rule_set: z.string().meta({ description: 'Names rules, settings and weights in force.' }),
    total: z.int().min(0),
    weights_of: z
      .string()
      .meta({ description: 'Version of the classifier with which the weights were learned, or `level`.' }),
    rules: z.array(ruleSchema),
    refused: z
      .array(refusedRuleSchema)
      .meta({ description: "Customer's rules that cannot be used, and why." }),
  })
  .meta({ id: 'Rules' });
export type WireRules = z.infer<typeof rulesAnswerSchema>;
