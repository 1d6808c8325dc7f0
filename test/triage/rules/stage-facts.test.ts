import { describe, expect, it } from 'vitest';
import type { BehaviorFacts } from '../../../src/triage/behavior/behavior-facts.ts';
import { ruleFactsOf } from '../../../src/triage/rules/stage-facts.ts';

const behavior = (score: number): BehaviorFacts => ({
  own: 0.8,
  surprise: 1,
  score,
  novelty: 1,
  newest: 0,
  isNewRule: false,
  burst: Number.NaN,
  entityMass: 0,
  tenantMass: 0,
  related: 2,
  tenantAlerts: 5,
  alertsSoFar: 5,
  watchedS: 100_000,
  countedAtS: 0,
  isLate: false,
});

describe('what earlier stages found, as fields of rules', () => {
  it('says nothing of behaviour while the tenant is new, when everything is rare', () => {
    expect(ruleFactsOf({ behavior: behavior(Number.NaN) })).toEqual({});
  });

  it('gives behaviour and indicators, and leaves out what is not known', () => {
    const intel = [
      { source: 'a', kind: 'ip', confidence: 40 },
      { source: 'b', kind: 'ip', confidence: 90 },
    ];
    expect(ruleFactsOf({ behavior: behavior(0.5), intel: intel as never })).toEqual({
      'behavior.own': 0.8,
      'behavior.score': 0.5,
      'behavior.novelty': 1,
      'behavior.related': 2,
      'intel.hits': 2,
      'intel.confidence': 90,
      'intel.kinds': ['ip'],
      'intel.sources': ['a', 'b'],
    });
  });
});
