import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { normalizeAlert } from '../../../src/intake/normalize.ts';
import { MemoryBehaviorLog } from '../../../src/store/memory/memory-behavior-log.ts';
import { MemoryModelStore } from '../../../src/store/memory/memory-model-store.ts';
import { RecentKeys } from '../../../src/triage/recent-keys.ts';
import { CorrelationWindows } from '../../../src/triage/rules/correlation-windows.ts';
import { ruleStage } from '../../../src/triage/rules/rule-stage.ts';
import { compileRules } from '../../../src/triage/rules/sigma/rule-set.ts';
import { SigmaRuleEngine } from '../../../src/triage/rules/sigma-rule-engine.ts';
import { SharedState } from '../../../src/triage/state/shared-state.ts';
import { createTriage } from '../../../src/triage/triage.ts';

const RULES = `
title: A failed sign-in
name: failed
logsource: {category: alert}
detection: {sel: {alert.title|contains: failed}, condition: sel}
level: low
---
title: Many failed sign-ins of one account
name: guessing
correlation:
  type: event_count
  rules: [failed]
  group-by: [entity.user]
  timespan: 10m
  condition: {gte: 3}
level: high
reason: An account failed to sign in three times.
`;

const set = compileRules([{ file: 'ours.yml', text: RULES }]);
const engine = new SigmaRuleEngine({ id: 'test', sets: [set] });
const alertOf = (minute: number, user: string, tenant: string) => ({
  id: `${tenant}-${user}-${minute}`,
  title: 'Sign-in failed',
  user,
  tenant,
  occurred_at: `2026-03-02T10:${String(minute).padStart(2, '0')}:00Z`,
});
const idsOf = (payload: ReturnType<typeof alertOf>, windows?: CorrelationWindows): string[] =>
  engine.evaluate(normalizeAlert(payload).alert, payload, undefined, { windows }).matches.map(({ id }) => id);

describe('correlations over the stream of alerts', () => {
  it('speak on the alert that completes them, as a rule of their level', () => {
    expect(set.refused).toEqual([]);
    const windows = new CorrelationWindows();
    expect(idsOf(alertOf(0, 'mia', 'north'), windows)).toEqual([]);
    expect(idsOf(alertOf(4, 'mia', 'north'), windows)).toEqual([]);
    const last = alertOf(8, 'mia', 'north');
    const { matches, score } = engine.evaluate(normalizeAlert(last).alert, last, undefined, { windows });
    expect(matches).toEqual([
      {
        ...{ id: 'guessing', title: 'Many failed sign-ins of one account', level: 'high', weight: 1.4 },
        ...{ half: false, reason: 'An account failed to sign in three times.' },
      },
    ]);
    expect(score).toBeCloseTo(100 * (1 - Math.exp(-1.4)), 9);
    // a burst is one finding
    expect(idsOf(alertOf(9, 'mia', 'north'), windows)).toEqual([]);
  });

  it('count neither another group, nor another tenant, nor what lies outside of the window', () => {
    const windows = new CorrelationWindows();
    const seen = [
      ...[alertOf(0, 'mia', 'north'), alertOf(1, 'mia', 'south'), alertOf(2, 'tom', 'north')],
      ...[alertOf(3, 'mia', 'north'), alertOf(11, 'mia', 'north')],
    ];
    expect(seen.map((one) => idsOf(one, windows))).toEqual(seen.map(() => []));
    expect(idsOf(alertOf(12, 'mia', 'north'), windows)).toEqual(['guessing']);
  });

  it('are left alone by trials', () => {
    const windows = new CorrelationWindows();
    const stage = ruleStage({ engine: () => engine, windows });
    const run = (minute: number, observe: boolean) => {
      const payload = alertOf(minute, 'mia', 'north');
      const { alert } = normalizeAlert(payload);
      return stage.run({ alert, payload, alertKey: `${minute}`, nowMs: 0, observe }, {}).rules!.matches;
    };
    for (let i = 0; i < 5; i++) expect(run(i, false)).toEqual([]);
    expect([run(5, true), run(6, true)]).toEqual([[], []]);
    expect(run(7, true)).toHaveLength(1);
  });

  it('are listed and can be switched off', () => {
    expect(engine.rules.map(({ id }) => id)).toEqual(['failed', 'guessing']);
    const settings = { guessing: { enabled: false } };
    const quiet = new SigmaRuleEngine({ id: 'test', sets: [set], settings });
    const windows = new CorrelationWindows();
    for (let minute = 0; minute < 4; minute++) {
      const payload = alertOf(minute, 'mia', 'north');
      const { alert } = normalizeAlert(payload);
      expect(quiet.evaluate(alert, payload, undefined, { windows }).matches).toEqual([]);
    }
  });
});

describe('correlations over two instances', () => {
  /** Instances on one storage; what one counts the others hear at their tick. */
  const KEY = new Uint8Array(32).fill(3);
  const log = () => new MemoryBehaviorLog();
  const started = (deltas: MemoryBehaviorLog, blobs: MemoryModelStore, instanceId: string) => {
    const windows = new CorrelationWindows();
    const { behavior, correlation, hostNames, pending, hash } = createTriage({ key: KEY });
    pending.isKept = true;
    const shared: SharedState = new SharedState({
      ...{ behavior, correlation, hostNames, pending, windows, instanceId, blobs },
      ...{ log: deltas, recent: new RecentKeys(), now: () => Date.parse('2026-03-02T10:00:00Z') },
      ...{ snapshotPaths: { snapshot: 'snapshot', before: 'before' }, lockPath: 'lock', onEvent: () => {} },
      useKey: async () => false,
      useOwnKey: () => {},
    });
    windows.share({
      isReady: () => shared.isReady,
      hash: (text) => hash.of(text),
      tell: (event) => pending.windowed(event),
    });
    windows.name([['ours', set]]);
    return { windows, shared, pending };
  };
  const fleet = async () => {
    const [deltas, blobs] = [log(), new MemoryModelStore(() => 0)];
    const start = (name: string) => started(deltas, blobs, name);
    const [a, b] = [start('a'), start('b')];
    await a.shared.tick();
    await b.shared.tick();
    return { a, b, start, deltas };
  };

  it('count what both saw, and are reported where the next alert comes in', async () => {
    const { a, b } = await fleet();
    expect(idsOf(alertOf(0, 'mia', 'north'), a.windows)).toEqual([]);
    expect(idsOf(alertOf(4, 'mia', 'north'), a.windows)).toEqual([]);
    await a.shared.tick();
    await b.shared.tick();
    expect(idsOf(alertOf(8, 'mia', 'north'), b.windows)).toEqual(['guessing']);
  });

  it('are not lost where neither saw enough by itself', async () => {
    const { a, b } = await fleet();
    for (const minute of [0, 1]) expect(idsOf(alertOf(minute, 'mia', 'north'), a.windows)).toEqual([]);
    expect(idsOf(alertOf(2, 'mia', 'north'), b.windows)).toEqual([]);
    for (const one of [a, b, a, b]) await one.shared.tick();
    // both know of three by now, and nobody has said so
    expect(idsOf(alertOf(3, 'mia', 'north'), a.windows)).toEqual(['guessing']);
    expect(idsOf(alertOf(4, 'mia', 'north'), a.windows)).toEqual([]);
  });

  it('count an alert once, whoever tells it how often, in any order, and after a restart', async () => {
    const { a, b, start } = await fleet();
    idsOf(alertOf(0, 'mia', 'north'), a.windows);
    // the same alert was posted to both
    idsOf(alertOf(0, 'mia', 'north'), b.windows);
    for (const one of [b, a, b, a, a, b]) await one.shared.tick();
    expect(idsOf(alertOf(1, 'mia', 'north'), b.windows)).toEqual([]);
    await b.shared.tick();
    const c = start('c');
    await c.shared.tick();
    await c.shared.tick();
    expect(idsOf(alertOf(2, 'mia', 'north'), c.windows)).toEqual(['guessing']);
  });

  it('keep tenants and groups apart, tell no text, and pass over what another set of rules counted', async () => {
    const { a, b, deltas } = await fleet();
    const told: string[] = [];
    const append = deltas.append.bind(deltas);
    deltas.append = (bucket, delta) => {
      told.push(inflateRawSync(delta.bytes).toString());
      return append(bucket, delta);
    };
    for (const [user, tenant] of [
      ['mia', 'north'],
      ['mia', 'south'],
      ['tom', 'north'],
    ] as const)
      idsOf(alertOf(0, user, tenant), a.windows);
    await a.shared.tick();
    await b.shared.tick();
    expect(told.join()).toContain('"windowed":[{');
    expect(told.join()).not.toMatch(/mia|tom|north|south/);
    expect(idsOf(alertOf(1, 'mia', 'north'), b.windows)).toEqual([]);
    expect(idsOf(alertOf(2, 'mia', 'north'), b.windows)).toEqual(['guessing']);
    b.windows.name([['changed', compileRules([{ file: 'ours.yml', text: RULES }])]]);
    idsOf(alertOf(5, 'tom', 'north'), a.windows);
    await a.shared.tick();
    await b.shared.tick();
    expect(b.pending.isEmpty).toBe(true);
  });

  it('are told of at most 20,000 events a tick', async () => {
    const { a } = await fleet();
    const event = { set: 'ours', tenant: 1, fields: {}, rules: [0], timeMs: 0 };
    for (let i = 0; i < 20_010; i++) a.pending.windowed({ ...event, id: String(i) });
    expect(a.pending.takeLeftOut()).toBe(10);
    expect(a.pending.take().windowed).toHaveLength(20_000);
  });
});
