import { describe, expect, it } from 'vitest';
import type { BehaviorFacts } from '../../src/triage/behavior/behavior-facts.ts';
import { contextLead } from '../../src/triage/context-lead.ts';
import type { IntelHit } from '../../src/triage/triage-facts.ts';

const behaviorOf = (tenantAlerts: number, facts: Partial<BehaviorFacts> = {}): BehaviorFacts => ({
  ...{
    own: 1,
    surprise: 2,
    score: 0.75,
    novelty: 1,
    newest: 0,
    burst: 0,
    isNewRule: false,
    entityMass: 2,
    tenantMass: 3,
    related: 1,
  },
  ...{ tenantAlerts, alertsSoFar: tenantAlerts, watchedS: 200_000, countedAtS: 1_700_000_000, isLate: false },
  ...facts,
});
const hit = (confidence: number): IntelHit => ({
  source: 'feed',
  kind: 'ip',
  entity: '203.0.113.9',
  confidence,
});
const shareOf = (tenantAlerts: number, nJudged = 0, intel: readonly IntelHit[] = []): number =>
  contextLead({ behavior: behaviorOf(tenantAlerts), intel }, nJudged)!.share;

describe('the share of the context', () => {
  it('is the whole where a busy tenant has no judgements, and fades with them', () => {
    expect(shareOf(5_000)).toBe(1);
    expect(shareOf(5_000, 50)).toBe(0.5);
    expect(shareOf(5_000, 500)).toBeCloseTo(0.0909, 4);
  });

  it('grows with the alerts of a day in a quiet tenant, where everything is new', () => {
    expect([0, 10, 100, 500, 1_000, 1_001].map((n) => shareOf(n))).toEqual([0, 0.01, 0.1, 0.5, 1, 1]);
    expect(shareOf(500, 50)).toBe(0.25);
  });

  it('is what an indicator is worth where the tenant is quiet', () => {
    expect(shareOf(2, 0, [hit(90)])).toBe(0.9);
    expect(shareOf(5_000, 0, [hit(90)])).toBe(1);
  });

  it('is nothing while the whole stream is new', () => {
    expect(shareOf(Number.NaN)).toBe(0);
  });

  it('is not asked for in the first day of a tenant', () => {
    expect(contextLead({ behavior: behaviorOf(5_000, { score: Number.NaN }) }, 0)).toBeUndefined();
    expect(contextLead({}, 0)).toBeUndefined();
    expect(contextLead({ intel: [] }, 0)).toBeUndefined();
  });
});

it('rests on an indicator alone in the first day of a tenant', () => {
  const lead = contextLead({ behavior: behaviorOf(5_000, { score: Number.NaN }), intel: [hit(80)] }, 0)!;
  expect(lead.share).toBe(0.8);
  expect(lead.score).toBeCloseTo(100 * (1 - 2 ** -4), 9);
  expect(lead.parts).toEqual([{ feature: 'intel_confidence', value: 80, share: 1 }]);
  expect(contextLead({ intel: [hit(80)] }, 0)).toEqual(lead);
});

it('names the parts of what stands out, with shares that sum to 1', () => {
  const { score, parts } = contextLead({ behavior: behaviorOf(5_000), intel: [hit(50)] }, 0)!;
  expect(score).toBeCloseTo(100 * (1 - 2 ** -4.5), 9);
  expect(parts.map(({ feature }) => feature)).toEqual(['own_surprise', 'entity_mass', 'intel_confidence']);
  expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
});
