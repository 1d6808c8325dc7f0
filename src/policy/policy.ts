import { z } from 'zod';

const amount = z.number().min(0).max(1e12);

/** What a decision costs or saves, in any one currency; the ratios decide. */
export const costMatrixSchema = z
  .object({
    missed_attack: amount.default(50_000).meta({ description: 'Cost of closing an attack.' }),
    false_alarm: amount.default(500).meta({ description: 'Cost of looking at what is no attack.' }),
    correct_close: amount.default(100).meta({ description: 'Gain of closing what is no attack.' }),
  })
  .refine((costs) => costs.missed_attack + costs.false_alarm + costs.correct_close > 0, {
    message: 'Expected at least one cost above 0.',
  })
  .meta({ id: 'CostMatrix' });
export type CostMatrix = z.infer<typeof costMatrixSchema>;

const level = z.number().min(0).max(100);

export const riskLevelsSchema = z
  .object({
    critical: level.default(90),
    high: level.default(70),
    medium: level.default(40),
  })
  .refine((levels) => levels.critical >= levels.high && levels.high >= levels.medium, {
    message: 'Expected critical >= high >= medium.',
  })
  .meta({ id: 'RiskLevels', description: 'Lowest final_score of each level; below medium it is low.' });
export type RiskLevels = z.infer<typeof riskLevelsSchema>;

const count = z.number().int().min(0).max(1_000_000);

export const closeFromSchema = z
  .object({
    source: count.default(50),
    rule: count.default(10),
    tenant: count.default(20),
  })
  .meta({
    id: 'CloseFrom',
    description: 'Judged alerts of its source, rule and tenant before an alert is closed.',
  });

/** How verdicts become decisions. Data, kept beside the models: a change needs no restart and no retrain. */
export const policySchema = z
  .object({
    costs: costMatrixSchema.default(costMatrixSchema.parse({})),
    close_below: z.number().min(0).max(1).nullable().default(null).meta({
      description: 'Attack probability below which closing is considered; null takes it from the costs.',
    }),
    alpha: z.number().min(0.001).max(0.5).default(0.05).meta({
      description: 'Accepted share of alerts of a class whose conformal set leaves that class out.',
    }),
    audit_share: z.number().min(0).max(1).default(0.02).meta({
      description: 'Share of the alerts that would be closed which a person looks at all the same.',
    }),
    close_from: closeFromSchema.default(closeFromSchema.parse({})),
    risk_levels: riskLevelsSchema.default(riskLevelsSchema.parse({})),
  })
  .strict()
  .meta({ id: 'Policy' });
export type Policy = z.infer<typeof policySchema>;

export const DEFAULT_POLICY: Policy = policySchema.parse({});

export const RISK_LEVELS = ['low', 'medium', 'high', 'critical'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

/** Level of an unrounded final score, 0-100. */
export function riskLevel(finalScore: number, levels: RiskLevels = DEFAULT_POLICY.risk_levels): RiskLevel {
  if (finalScore >= levels.critical) return 'critical';
  if (finalScore >= levels.high) return 'high';
  return finalScore >= levels.medium ? 'medium' : 'low';
}
