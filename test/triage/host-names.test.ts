import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import { HostNames, type LearnedName } from '../../src/triage/entities/host-names.ts';
import { createTriage } from '../../src/triage/triage.ts';
import { anAlert } from '../features/alerts.ts';
import { fc } from '../support/fast-check.ts';

const START = Date.UTC(2026, 0, 10);

function tenantOf(name = 'acme') {
  const triage = createTriage({ key: new Uint8Array(32) });
  let n = 0;
  /** The incident that a severe alert on this host ends up in. */
  const on = (host: string, changes: Partial<Alert> = {}): string => {
    const alert = anAlert({
      ...{ id: String(n++), tenant: name, source: 'edr', severity: 'high', tactics: [], rule_id: `r${n}` },
      ...{
        entities: [{ kind: 'host', value: host }],
        occurred_at: new Date(START + n * 60_000).toISOString(),
      },
      ...changes,
    });
    const input = { alert, payload: undefined, alertKey: alert.id, nowMs: START + n * 60_000, observe: true };
    return triage.pipeline.run(input).facts.incident!.incident!.id;
  };
  const now = (id: string, of = name): string => triage.incident(of, id)!.id;
  return { triage, on, now };
}

describe('a host under its full and its short name', () => {
  it.each([
    ['fin-ws-017.contoso.com', 'FIN-WS-017'],
    ['FIN-WS-017', 'fin-ws-017.contoso.com'],
    // NetBIOS has room for fifteen letters
    ['accounting-server-3.contoso.com', 'accounting-serv'],
    ['accounting-server-3.contoso.com', 'accounting-server-3'],
  ])('is one: %s and %s', (one, other) => {
    const { on, now } = tenantOf();
    const first = on(one);
    expect(now(on(other))).toBe(now(first));
  });

  it('is none where hosts of two domains bear the name, and they are two', () => {
    const { on, now } = tenantOf();
    const contoso = on('fin-ws-017.contoso.com');
    const fabrikam = on('fin-ws-017.fabrikam.com');
    expect(now(fabrikam)).not.toBe(now(contoso));
    expect(now(on('fin-ws-017.contoso.com'))).toBe(now(contoso));
    expect(now(on('fin-ws-017.fabrikam.com'))).toBe(now(fabrikam));
  });

  it('is told apart from the same name of another tenant, and from an address', () => {
    const { triage, on, now } = tenantOf();
    on('fin-ws-017.contoso.com');
    const north = on('FIN-WS-017', { tenant: 'north' });
    expect(triage.incident('north', north)!.nAlerts).toBe(1);
    expect(now(on('10.0.0.1'))).not.toBe(now(on('10')));
  });

  it('counts as one host: what its full name raises daily is no news under the short one', () => {
    const { triage, on } = tenantOf();
    const at = (hour: number): Partial<Alert> => ({
      rule_id: 'daily',
      occurred_at: new Date(START + hour * 3_600_000).toISOString(),
    });
    for (let hour = 0; hour < 48; hour++) on('fin-ws-017.contoso.com', at(hour));
    const look = (host: string): number => {
      const alert = anAlert({ id: host, tenant: 'acme', source: 'edr', tactics: [], ...at(48) });
      const entities = [{ kind: 'host' as const, value: host }];
      const input = {
        alert: { ...alert, entities },
        payload: undefined,
        alertKey: host,
        nowMs: START + 48 * 3_600_000,
      };
      return triage.pipeline.run({ ...input, observe: false }).facts.behavior!.own;
    };
    expect(look('FIN-WS-017')).toBe(look('fin-ws-017.contoso.com'));
    expect(look('FIN-WS-018')).toBeGreaterThan(2 * look('FIN-WS-017'));
  });
});

describe('HostNames', () => {
  const aLearned = fc.record({ tenant: fc.nat(1), name: fc.nat(4), host: fc.integer({ min: 10, max: 12 }) });
  const known = (names: HostNames): unknown =>
    [...names.toStates()]
      .map(([tenant, state]) => [tenant, [...state.names].map((name, i) => [name, state.hosts[i]]).sort()])
      .sort();
  const learned = (list: readonly LearnedName[]): HostNames => {
    const names = new HostNames();
    for (const one of list) names.learn(one);
    return names;
  };

  it('learns the same in any order and however often it is told, and is restored as it was', () => {
    fc.assert(
      fc.property(fc.array(aLearned, { maxLength: 30 }), (list) => {
        const names = learned(list);
        expect(known(learned([...list].reverse()))).toEqual(known(names));
        expect(known(learned([...list, ...list]))).toEqual(known(names));
        const restored = new HostNames();
        for (const [tenant, state] of names.toStates()) restored.addState(tenant, state);
        expect(known(restored)).toEqual(known(names));
        expect(restored.total).toBe(names.total);
      }),
    );
  });

  it('stays within its bounds, whatever is invented', () => {
    const names = new HostNames({ tenants: 10, namesPerTenant: 50, total: 200 });
    for (let i = 0; i < 5_000; i++) names.learn({ tenant: i % 20, name: 1_000 + i, host: 10_000 + i });
    expect(names.total).toBeLessThanOrEqual(200);
    expect([...names.toStates()].length).toBeLessThanOrEqual(10);
    for (const [, state] of names.toStates()) expect(state.names.length).toBeLessThanOrEqual(50);
  });

  it('learns nothing in a trial', () => {
    const names = new HostNames();
    const keyOf = (value: string): number => value.length;
    expect(names.aliasesOf(1, 'ws.contoso.com', keyOf).others).toEqual([2]);
    expect(names.total).toBe(0);
  });
});
