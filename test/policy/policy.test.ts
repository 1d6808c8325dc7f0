import { describe, expect, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { attackProbability, labelOf } from '../../src/alert/disposition.ts';
import {
  conformalScores,
  MAX_CONFORMAL_SCORES,
  NO_CONFORMAL_SCORES,
} from '../../src/models/conformal-scores.ts';
import { auditWeight, isAuditSample, MAX_AUDIT_WEIGHT } from '../../src/policy/audit-sample.ts';
import { ConformalSets } from '../../src/policy/conformal.ts';
import { decide, type Known } from '../../src/policy/decision.ts';
import { decisionThreshold, expectedCost, outcomeCost } from '../../src/policy/decision-threshold.ts';
import { DEFAULT_POLICY, policySchema, riskLevel } from '../../src/policy/policy.ts';
import { evaluatePolicy } from '../../src/policy/policy-evaluation.ts';
import { createRandom } from '../../src/trees/random.ts';
import { fc } from '../support/fast-check.ts';

/** Judged alerts whose class got probability 0.1 ... 0.9 evenly: sets are easy to reason about. */
function evenScores(perClass: readonly number[]) {
  const proba: number[] = [];
  const labels: number[] = [];
  perClass.forEach((n, c) => {
    for (let k = 0; k < n; k++) {
      const own = 0.1 + (0.8 * (k + 0.5)) / n;
      for (let other = 0; other < 4; other++) proba.push(other === c ? own : (1 - own) / 3);
      labels.push(c);
    }
  });
  return conformalScores(proba, labels);
}
const sets = new ConformalSets(evenScores([100, 100, 100, 100]), 0.2);
const notAudited = 'key-of-no-audit-sample';
/** An alert of a source, rule and tenant that were judged often, under a release that is sure. */
const wellKnown: Known = {
  isProvisional: false,
  judged: { source: 1000, rule: 1000, tenant: 1000 },
  isOutside: () => false,
};
const ask = (probabilities: number[], changes: object = {}) =>
  decide(
    { probabilities, severity: 'medium', alertKey: notAudited, known: wellKnown, ...changes },
    DEFAULT_POLICY,
    sets,
  );

describe('the policy', () => {
  it('has defaults for all it leaves out and refuses what it does not know', () => {
    expect(DEFAULT_POLICY).toEqual({
      costs: { missed_attack: 50_000, false_alarm: 500, correct_close: 100 },
      close_below: null,
      alpha: 0.05,
      audit_share: 0.02,
      close_from: { source: 50, rule: 10, tenant: 20 },
      risk_levels: { critical: 90, high: 70, medium: 40 },
    });
    expect(policySchema.safeParse({ alhpa: 0.1 }).success).toBe(false);
    expect(policySchema.safeParse({ costs: { missed_attack: -1 } }).success).toBe(false);
    expect(
      policySchema.safeParse({ costs: { missed_attack: 0, false_alarm: 0, correct_close: 0 } }).success,
    ).toBe(false);
    expect(policySchema.safeParse({ risk_levels: { high: 95 } }).success).toBe(false);
  });

  it('takes risk levels from the unrounded score', () => {
    expect(riskLevel(90)).toBe('critical');
    expect(riskLevel(89.999)).toBe('high');
    expect(riskLevel(70)).toBe('high');
    expect(riskLevel(40)).toBe('medium');
    expect(riskLevel(39.99)).toBe('low');
  });
});

describe('the decision threshold', () => {
  it('is where closing and looking cost the same', () => {
    const threshold = decisionThreshold(DEFAULT_POLICY.costs);
    expect(threshold).toBeCloseTo(600 / 50_600, 12);
    const { costs } = DEFAULT_POLICY;
    const closing = threshold * costs.missed_attack - (1 - threshold) * costs.correct_close;
    expect(closing).toBeCloseTo((1 - threshold) * costs.false_alarm, 9);
  });

  it('is the cheapest cut of calibrated probabilities', () => {
    const random = createRandom(4);
    const n = 20_000;
    const attack = Float64Array.from({ length: n }, () => random.next() ** 4);
    const labels = Int32Array.from(attack, (p) => (random.next() < p ? 0 : 3));
    const costs = { missed_attack: 900, false_alarm: 80, correct_close: 20 };
    const costAt = (closeBelow: number): number =>
      attack.reduce((sum, p, i) => sum + outcomeCost(p < closeBelow, [1, 0, 0.5, 0][labels[i]!]!, costs), 0) /
      n;
    const cuts = Array.from({ length: 101 }, (_, percent) => percent / 100);
    const cheapest = cuts.reduce((best, cut) => (costAt(cut) < costAt(best) ? cut : best));
    expect(cheapest).toBeGreaterThan(0.05);
    expect(cheapest).toBeLessThan(0.18);
    const own = expectedCost({ attack, labels }, costs);
    expect(own).toBeCloseTo(costAt(decisionThreshold(costs)), 9);
    expect(own).toBeLessThan(costAt(cheapest) + 1);
    expect(costAt(0)).toBeGreaterThan(own);
    expect(costAt(1 + Number.EPSILON)).toBeGreaterThan(own);
  });
});

describe('conformal sets', () => {
  it('leave the own class out of about alpha of new alerts, whatever the probabilities are worth', () => {
    const random = createRandom(8);
    const draw = (n: number) => {
      const proba = new Float64Array(n * 4);
      const labels = new Int32Array(n);
      for (let i = 0; i < n; i++) {
        const own = random.int(4);
        labels[i] = own;
        const raw = Array.from(
          { length: 4 },
          (_, c) => random.next() ** 3 + (c === own ? 0.4 * random.next() : 0),
        );
        const sum = raw.reduce((total, p) => total + p, 0);
        raw.forEach((p, c) => {
          proba[i * 4 + c] = p / sum;
        });
      }
      return { proba, labels };
    };
    const judged = draw(12_000);
    expect(conformalScores(judged.proba, judged.labels).scores[0]!.length).toBe(MAX_CONFORMAL_SCORES);
    for (const alpha of [0.05, 0.2]) {
      const fitted = new ConformalSets(conformalScores(judged.proba, judged.labels), alpha);
      const fresh = draw(12_000);
      const left = [0, 0, 0, 0];
      const total = [0, 0, 0, 0];
      fresh.labels.forEach((label, i) => {
        total[label]! += 1;
        const mask = fitted.maskOf(fresh.proba.subarray(i * 4, i * 4 + 4));
        if ((mask & (1 << label)) === 0) left[label]! += 1;
      });
      left.forEach((n, c) => {
        expect(n / total[c]!).toBeGreaterThan(alpha * 0.6);
        expect(n / total[c]!).toBeLessThan(alpha * 1.4);
      });
    }
  });

  it('leave classes with fewer than ceil(1 / alpha) judged alerts out and name them', () => {
    const few = new ConformalSets(evenScores([19, 20, 0, 100]), 0.05);
    expect(few.uncovered).toEqual(['true_positive', 'suspicious']);
    expect(few.maskOf([0.97, 0.01, 0.01, 0.01])).toBe(0);
    expect(few.isCovered('false_positive')).toBe(true);
    expect(new ConformalSets(NO_CONFORMAL_SCORES, 0.05).uncovered).toEqual([...DISPOSITIONS]);
    expect(() => new ConformalSets(NO_CONFORMAL_SCORES, 0)).toThrow(/alpha/);
  });

  it('grow as alpha falls', () => {
    const scores = evenScores([200, 200, 200, 200]);
    const strict = new ConformalSets(scores, 0.01);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (proba) => {
          expect(strict.maskOf(proba) & sets.maskOf(proba)).toBe(sets.maskOf(proba));
        },
      ),
    );
  });

  it('refuse probabilities that are none', () => {
    expect(() => conformalScores([0.5, 0.5], [0])).toThrow(/probabilities/);
    expect(() => conformalScores([Number.NaN, 0, 0, 1], [0])).toThrow(/\[0, 1\]/);
  });
});

describe('decide', () => {
  it('closes what is surely harmless and cheap to close', () => {
    expect(ask([0.005, 0.01, 0.005, 0.98])).toEqual({ decision: 'close' });
    expect(ask([0, 0.5, 0, 0.5])).toEqual({ decision: 'close' });
  });

  it('escalates when only an attack is left', () => {
    expect(ask([0.9, 0.03, 0.03, 0.04])).toEqual({ decision: 'escalate' });
    expect(ask([0.9, 0.03, 0.03, 0.04], { severity: 'critical' })).toEqual({ decision: 'escalate' });
  });

  it('asks a person otherwise, and says why', () => {
    expect(ask([0.4, 0.05, 0.05, 0.5]).reason).toBe('ambiguous');
    expect(ask([0.05, 0.2, 0.05, 0.7]).reason).toBe('too_costly_to_close');
    expect(ask([0.005, 0.01, 0.005, 0.98], { severity: 'critical' }).reason).toBe('critical_severity');
    expect(ask([0.005, 0.01, 0.005, 0.98], { severity: 'unknown' }).decision).toBe('close');
    const strict = new ConformalSets(evenScores([100, 100, 100, 100]), 0.5);
    const input = {
      probabilities: [0.25, 0.25, 0.25, 0.25],
      severity: 'low',
      alertKey: notAudited,
      known: wellKnown,
    } as const;
    expect(decide(input, DEFAULT_POLICY, strict).reason).toBe('unlike_judged_alerts');
    const untaught = new ConformalSets(evenScores([4, 100, 100, 100]), 0.2);
    const harmless = { ...input, probabilities: [0, 0, 0, 1] };
    expect(decide(harmless, DEFAULT_POLICY, untaught).reason).toBe('too_few_judged_alerts');
  });

  it('closes nothing that too little is known about, and says what is missing', () => {
    const harmless = [0.005, 0.01, 0.005, 0.98];
    const knowing = (changes: Partial<Known>) => ask(harmless, { known: { ...wellKnown, ...changes } });
    const { judged } = wellKnown;
    expect(knowing({ isProvisional: true }).reason).toBe('provisional_release');
    expect(knowing({ judged: { ...judged, source: 49 } }).reason).toBe('source_not_judged_enough');
    expect(knowing({ judged: { ...judged, rule: 9 } }).reason).toBe('rule_not_judged_enough');
    expect(knowing({ judged: { ...judged, tenant: 19 } }).reason).toBe('tenant_not_judged_enough');
    expect(knowing({ judged: { ...judged, tenant: undefined } }).decision).toBe('close');
    expect(knowing({ isOutside: () => true }).reason).toBe('outside_judged_alerts');
    expect(knowing({ judged: { source: 50, rule: 10, tenant: 20 } }).decision).toBe('close');
    expect(ask([0.9, 0.03, 0.03, 0.04], { known: { ...wellKnown, isProvisional: true } }).decision).toBe(
      'escalate',
    );
  });

  it('sends the audit sample to a person and nothing else with it', () => {
    const policy = { ...DEFAULT_POLICY, audit_share: 1 };
    const input = {
      probabilities: [0, 0.01, 0, 0.99],
      severity: 'low',
      alertKey: 'any',
      known: wellKnown,
    } as const;
    expect(decide(input, policy, sets)).toEqual({ decision: 'review', reason: 'audit_sample' });
    expect(decide({ ...input, probabilities: [0.9, 0.03, 0.03, 0.04] }, policy, sets).decision).toBe(
      'escalate',
    );
  });

  it('closes by the cut of the policy where it gives one', () => {
    const policy = { ...DEFAULT_POLICY, close_below: 0.2 };
    const input = {
      probabilities: [0.05, 0.2, 0.05, 0.7],
      severity: 'low',
      alertKey: notAudited,
      known: wellKnown,
    } as const;
    expect(decide(input, policy, sets).decision).toBe('close');
  });

  it('never closes an alert when that costs more than looking, nor one that may be an attack', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        fc.constantFrom('informational', 'critical', 'unknown'),
        (raw, severity) => {
          const sum = raw.reduce((total, p) => total + p, 0);
          const probabilities = raw.map((p) => p / sum);
          const { decision } = ask(probabilities, { severity });
          if (decision !== 'close') return;
          const attack = attackProbability(probabilities);
          expect(attack * 50_000).toBeLessThan((1 - attack) * 600);
          const mask = sets.maskOf(probabilities);
          expect(mask & ((1 << labelOf('true_positive')) | (1 << labelOf('suspicious')))).toBe(0);
          expect(severity).not.toBe('critical');
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the audit sample', () => {
  it('holds the wanted share, the same keys every time, and grows with the share', () => {
    const keys = Array.from({ length: 50_000 }, (_, i) => `alert-${i}`);
    const shareOf = (share: number): number =>
      keys.filter((key) => isAuditSample(key, share)).length / keys.length;
    expect(shareOf(0.02)).toBeGreaterThan(0.017);
    expect(shareOf(0.02)).toBeLessThan(0.023);
    expect(shareOf(0)).toBe(0);
    expect(shareOf(1)).toBe(1);
    for (const key of keys.slice(0, 2000))
      if (isAuditSample(key, 0.02)) expect(isAuditSample(key, 0.05)).toBe(true);
  });

  it('stands for the alerts closed beside it, within a bound; what was seen anyway stands for itself', () => {
    expect(auditWeight(0.02)).toBe(50);
    expect(auditWeight(0.25)).toBe(4);
    expect(auditWeight(1)).toBe(1);
    expect(auditWeight(0.0001)).toBe(MAX_AUDIT_WEIGHT);
    expect(auditWeight(undefined)).toBe(1);
  });
});

describe('evaluatePolicy', () => {
  it('counts what would be closed, escalated and missed', async () => {
    const rows: [number[], number, 'low' | 'critical'][] = [
      [[0, 0.01, 0, 0.99], 3, 'low'],
      [[0, 0.01, 0, 0.99], 0, 'low'],
      [[0.9, 0.03, 0.03, 0.04], 0, 'low'],
      [[0, 0.01, 0, 0.99], 3, 'critical'],
    ];
    const outcome = await evaluatePolicy(
      {
        probabilities: Float64Array.from(rows.flatMap(([proba]) => proba)),
        labels: rows.map(([, label]) => label),
        severities: rows.map(([, , severity]) => severity),
        alertKeys: rows.map(() => notAudited),
        known: rows.map(() => wellKnown),
        weights: [1, 1, 1, 5],
      },
      DEFAULT_POLICY,
      sets,
    );
    expect(outcome.counts).toEqual({ close: 2, review: 1, escalate: 1 });
    expect(outcome.shares).toEqual({ close: 0.25, review: 0.625, escalate: 0.125 });
    expect(outcome).toMatchObject({
      nAlerts: 4,
      nTruePositives: 2,
      nMissed: 1,
      missRate: 0.5,
      nAuditSamples: 0,
    });
    expect(outcome.costPerAlert).toBeCloseTo((-100 + 50_000 + 0 + 5 * 500) / 8, 9);
  });

  it('counts what only the audit sample keeps open as closed: that is what the sample measures', async () => {
    const audited = Array.from({ length: 500 }, (_, i) => `alert-${i}`).find((key) =>
      isAuditSample(key, DEFAULT_POLICY.audit_share),
    )!;
    const harmless = [0, 0.01, 0, 0.99];
    const outcome = await evaluatePolicy(
      {
        probabilities: Float64Array.from([...harmless, ...harmless, ...harmless]),
        labels: [3, 0, 0],
        severities: ['low', 'low', 'critical'],
        alertKeys: [notAudited, audited, audited],
        known: [wellKnown, wellKnown, wellKnown],
        weights: [1, 50, 1],
      },
      DEFAULT_POLICY,
      sets,
    );
    expect(outcome.counts).toEqual({ close: 2, review: 1, escalate: 0 });
    expect(outcome).toMatchObject({ nMissed: 1, nAuditSamples: 1 });
    expect(outcome.missRate).toBeCloseTo(50 / 51, 9);
  });

  it('decides at most 2,000 alerts before it lets others run', async () => {
    const n = 9_000;
    let nSince = 0;
    const perSlice: number[] = [];
    const known = Array.from({ length: n }, () => ({
      ...wellKnown,
      isOutside: () => {
        nSince++;
        return false;
      },
    }));
    const judged = {
      probabilities: Float64Array.from({ length: 4 * n }, (_, at) => [0, 0.01, 0, 0.99][at % 4]!),
      labels: new Int32Array(n).fill(3),
      severities: Array.from({ length: n }, () => 'low' as const),
      alertKeys: Array.from({ length: n }, () => notAudited),
      known,
    };
    const outcome = await evaluatePolicy(judged, DEFAULT_POLICY, sets, async () => {
      perSlice.push(nSince);
      nSince = 0;
    });
    expect(outcome.counts.close).toBe(n);
    expect(perSlice).toEqual([2_000, 2_000, 2_000, 2_000]);
  });
});
