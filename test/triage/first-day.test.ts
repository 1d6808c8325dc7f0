import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import { forbidsClosing } from '../../src/triage/closing-guard.ts';
import { announcedRule, announcedSource, tenantKey } from '../../src/triage/entities/entity-stage.ts';
import { createTriage } from '../../src/triage/triage.ts';
import { anAlert } from '../features/alerts.ts';

const START = Date.UTC(2026, 0, 10);
const HOUR = 3_600_000;

/** A tenant whose alerts come in at their own time. */
function tenant(isReady: () => boolean = () => true) {
  const triage = createTriage({ key: new Uint8Array(32), isReady });
  let n = 0;
  const see = (atMs: number, changes: Partial<Alert> = {}) => {
    const alert = anAlert({
      ...{ id: String(n++), tenant: 'acme', source: 'edr', severity: 'low', tactics: [], ...changes },
      occurred_at: new Date(atMs).toISOString(),
    });
    return triage.pipeline.run({ alert, payload: undefined, alertKey: alert.id, nowMs: atMs, observe: true });
  };
  const onHost = (value: string): Partial<Alert> => ({ entities: [{ kind: 'host', value }] });
  return { triage, see, onHost };
}

describe('the first incident of a new customer', () => {
  it('is not missed: what is severe joins by its entities, and nothing of it is closed', () => {
    const { see, onHost } = tenant();
    const first = see(START, { ...onHost('web-1'), severity: 'high', rule_id: 'a' });
    const second = see(START + HOUR / 2, { ...onHost('web-1'), severity: 'medium', rule_id: 'b' });
    const elsewhere = see(START + HOUR / 2, { ...onHost('web-2'), severity: 'medium', rule_id: 'b' });
    expect(first.facts.behavior!.score).toBeNaN();
    expect(second.facts.incident).toMatchObject({ notable: true, incident: { nAlerts: 2 } });
    // a rule joins nothing before there is a history: everything is new
    expect(elsewhere.facts.incident!.incident!.nAlerts).toBe(1);
    expect([first, second, elsewhere].map(forbidsClosing)).toEqual(['notable', 'notable', 'notable']);
  });

  it('is not made by what is not severe', () => {
    const { see, onHost } = tenant();
    const low = see(START, onHost('web-1'));
    expect(low.facts.incident).toEqual({ notable: false, strength: 0.1, incident: undefined });
    expect(forbidsClosing(low)).toBeUndefined();
  });

  it('shows what is rare so far of a source that gives no severity, as one item that says nothing by itself', () => {
    const { triage, see, onHost } = tenant();
    const plain = (host: string, rule: string): Partial<Alert> => ({
      ...{ ...onHost(host), rule_id: rule, severity: 'unknown' },
    });
    // nearly everything is new before so many
    expect(see(START, plain('web-1', 'often')).facts.incident!.notable).toBe(false);
    for (let n = 0; n < 30; n++) see(START + (n * HOUR) / 6, plain('web-1', 'often'));
    const rare = see(START + 10 * HOUR, plain('web-2', 'a'));
    const another = see(START + 11 * HOUR, plain('web-3', 'b'));
    expect(rare.facts.incident).toMatchObject({ notable: true, strength: 0, incident: { rawScore: 0 } });
    expect(another.facts.incident!.incident).toMatchObject({
      id: rare.facts.incident!.incident!.id,
      nAlerts: 2,
      joinedBy: ['first_sight'],
    });
    expect(forbidsClosing(another)).toBe('notable');
    expect(see(START + 11 * HOUR, plain('web-1', 'often')).facts.incident!.notable).toBe(false);
    // a severity that is given speaks for itself
    expect(see(START + 11 * HOUR, { ...plain('web-2', 'c'), severity: 'low' }).facts.incident!.notable).toBe(
      false,
    );
    // the first incident is not lost among it
    const severe = see(START + 11 * HOUR, { ...plain('web-2', 'd'), severity: 'high' });
    expect(severe.facts.incident!.incident!.nAlerts).toBe(1);
    expect(triage.incident('acme', rare.facts.incident!.incident!.id)!.nAlerts).toBe(2);
  });

  it('ends after a day of alerts: then what is new stands out whatever its severity', () => {
    const { see, onHost } = tenant();
    for (let hour = 0; hour <= 25; hour++) see(START + hour * HOUR, { ...onHost('web-1'), rule_id: 'daily' });
    const late = see(START + 26 * HOUR, { ...onHost('web-1'), rule_id: 'never seen' });
    expect(late.facts.behavior!.score).toBeGreaterThan(0.5);
    expect(late.facts.incident!.notable).toBe(true);
  });
});

describe('what is announced', () => {
  const watched = () => {
    const one = tenant();
    for (let hour = 0; hour <= 30; hour++)
      one.see(START + hour * HOUR, { ...one.onHost('web-1'), rule_id: 'daily' });
    return one;
  };
  const fresh = { rule_id: 'new', source: 'sensor' };

  it.each([
    ['a rule', ({ hash }: ReturnType<typeof createTriage>) => announcedRule('acme', 'new', hash)],
    ['a product', ({ hash }: ReturnType<typeof createTriage>) => announcedSource('acme', 'sensor', hash)],
    ['a tenant', () => undefined],
  ])('%s surprises nobody until then and is counted', (_name, what) => {
    const { triage, see, onHost } = watched();
    const untilS = (START + 40 * HOUR) / 1000;
    triage.behavior.quiet(tenantKey('acme', triage.hash), what(triage), untilS);
    for (let hour = 31; hour < 40; hour++) {
      const { facts } = see(START + hour * HOUR, { ...onHost('web-1'), ...fresh });
      expect(facts.incident!.notable).toBe(false);
      expect(facts.behavior).toMatchObject({ own: 0, novelty: 0 });
    }
    // nine hours of it are no news any more; another host is
    const novelty = see(START + 41 * HOUR, { ...onHost('web-1'), ...fresh }).facts.behavior!.novelty;
    expect(novelty).toBeLessThan(0.1);
    expect(see(START + 41 * HOUR, { ...onHost('web-2'), ...fresh }).facts.behavior!.novelty).toBeGreaterThan(
      0.3,
    );
  });

  it('leaves everything else as it is', () => {
    const { triage, see, onHost } = watched();
    const rule = announcedRule('acme', 'new', triage.hash);
    triage.behavior.quiet(tenantKey('acme', triage.hash), rule, (START + 40 * HOUR) / 1000);
    const other = see(START + 31 * HOUR, { ...onHost('web-1'), rule_id: 'another' });
    expect(other.facts.incident!.notable).toBe(true);
  });
});

it('nothing is closed while the state is loading', () => {
  let isReady = false;
  const { see, onHost } = tenant(() => isReady);
  const loading = see(START, onHost('web-1'));
  expect(loading.problems).toEqual({ behavior: 'loading', correlation: 'loading' });
  expect(forbidsClosing(loading)).toBe('loading');
  isReady = true;
  expect(forbidsClosing(see(START, onHost('web-1')))).toBeUndefined();
});
