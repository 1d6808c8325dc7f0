import { describe, expect, it } from 'vitest';
import { type Alert, alertSchema } from '../../src/alert/alert.ts';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { trainingRowsOf } from '../../src/models/training-rows.ts';

const alert = (tenant: string, rule: string, i: number): Alert =>
  alertSchema.parse({
    id: `${tenant}${rule}${i}`,
    title: 'Odd sign-in',
    rule_id: rule,
    source: 'idp',
    tenant,
    incident_id: String(i),
    occurred_at: new Date(Date.UTC(2026, 0, 1 + (i % 20), i % 24)).toISOString(),
  });

/** r1 is an attack in most tenants; tenant t0 calls everything benign. */
const judged = Array.from({ length: 600 }, (_, i) => {
  const tenant = `t${i % 15}`;
  const rule = i % 2 === 0 ? 'r1' : 'r2';
  const label = rule === 'r1' && tenant !== 't0' ? 0 : 3;
  const snapshot = snapshotOf(alert(tenant, rule, i), EMPTY_CONTEXT);
  return { snapshot, label, risk: Number.NaN, weight: 1, synthetic: false };
});
const classifier = AlertClassifier.fit(trainingRowsOf(judged), { seed: 1, calibrator: 'none' });
const attackOf = (tenant: string, rule: string, model = classifier): number =>
  model.probabilities(snapshotOf(alert(tenant, rule, 9_999), EMPTY_CONTEXT))[0]!;

describe('a classifier that meets a new tenant', () => {
  it('says what the rule turned out to be elsewhere', () => {
    expect(attackOf('new', 'r1')).toBeGreaterThan(0.7);
    expect(attackOf('new', 'r2')).toBeLessThan(0.2);
  });

  it('still believes a tenant with a record of its own', () => {
    expect(attackOf('t0', 'r1')).toBeLessThan(0.3);
    expect(attackOf('t1', 'r1')).toBeGreaterThan(0.8);
  });

  it('says the same after being written and read', () => {
    const again = AlertClassifier.from(classifier.toBuffer());
    for (const tenant of ['new', 't0', 't1']) {
      expect(attackOf(tenant, 'r1', again)).toBe(attackOf(tenant, 'r1'));
    }
  });
});
