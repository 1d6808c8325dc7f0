import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alertKey } from '../../src/alert/alert.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { type NormalizedAlert, normalizeAlert } from '../../src/intake/normalize.ts';
import { OWN_PAYLOADS } from './own-payloads.ts';
import { samplePayloads } from './sample-payloads.ts';

const RECEIVED_AT = '2026-01-01T00:00:00.000Z';
/** Keys that the build before gave the alerts of each payload, as it wrote them; null where it refused one. */
const FORMER_KEYS = JSON.parse(
  readFileSync(new URL('../fixtures/former-keys.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, readonly (string | null)[]>>;

/**
 * What cannot be found again: the alert was read out of a record of which other parts are read now, or under a name
 * that was never its own.
 */
const LOST: Readonly<Record<string, string>> = {
  'own/fortigate/1': 'the whole line was the title',
  'own/leef_event/1': 'was refused',
  'own/aws_detective/1': 'was refused',
  'senders/coraza-1.json': 'the number of the rule was the id, of all alerts of the rule',
  'senders/coraza-2.json': 'the number of the rule was the id, of all alerts of the rule',
  'senders/elastalert-3.json': 'was refused',
};

const SENDERS = new URL('../fixtures/senders/', import.meta.url);
function payloads(): { name: string; payload: unknown }[] {
  const seen = new Map<string, number>();
  const own = OWN_PAYLOADS.map(({ dialect, payload }) => {
    const nth = (seen.get(dialect) ?? 0) + 1;
    seen.set(dialect, nth);
    return { name: `own/${dialect}/${nth}`, payload };
  });
  const senders = readdirSync(SENDERS)
    .filter((file) => file.endsWith('.json') && !file.includes('expect'))
    .map((file) => ({
      name: `senders/${file}`,
      payload: JSON.parse(readFileSync(new URL(file, SENDERS), 'utf8')) as unknown,
    }));
  return [...samplePayloads(), ...own, ...senders];
}

const namesOf = ({ alert, formerIdentities }: NormalizedAlert): string[] => [
  alertKey(alert),
  ...formerIdentities().map((identity) => alertKey(identity)),
];

describe('the identity that the build before gave an alert', () => {
  const read = payloads().flatMap(({ name, payload }) => {
    const keys = FORMER_KEYS[name];
    if (keys === undefined) return [];
    const singles = unwrapEnvelope(payload);
    return singles.map((single, at) => ({
      name,
      key: singles.length === keys.length ? (keys[at] ?? null) : null,
      alert: normalizeAlert(single, { receivedAt: RECEIVED_AT }),
    }));
  });

  it('is among the names under which it is looked for, in every payload of the fixtures', () => {
    const lost = read.filter(({ key, alert }) => key === null || !namesOf(alert).includes(key));
    expect([...new Set(lost.map(({ name }) => name))].sort()).toEqual(Object.keys(LOST).sort());
    const changed = read.filter(({ key, alert }) => key !== null && alertKey(alert.alert) !== key);
    expect(changed.length).toBeGreaterThan(50);
  });

  it('is asked for in few places: most formats have none but their own, none more than four', () => {
    const counts = read.map(({ alert }) => alert.formerIdentities().length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(4);
    expect(counts.filter((count) => count === 0).length).toBeGreaterThan(counts.length / 2);
  });

  it('is that of the document in which a shipper had put the record, where it was not opened', () => {
    const inner = { alert_id: 'in-1', title: 'X y', severity: 'high', time: '2026-03-01T10:00:00Z' };
    const hit = {
      _id: 'AGDUS3EB',
      _index: 'pf',
      '@timestamp': '2026-03-01T10:00:01Z',
      message: JSON.stringify(inner),
    };
    const [single] = unwrapEnvelope(hit);
    const { alert, formerIdentities } = normalizeAlert(single, { receivedAt: RECEIVED_AT });
    expect(alert.id).toBe('in-1');
    expect(formerIdentities()).toContainEqual({ tenant: undefined, source: 'unknown', id: 'AGDUS3EB' });
  });

  it('does not look into texts, which that build did not open', () => {
    const payload = {
      title: 'X y',
      severity: 'high',
      time: '2026-03-01T10:00:00Z',
      user: 'ana',
    };
    const names = (one: object): string[] => namesOf(normalizeAlert(one, { receivedAt: RECEIVED_AT }));
    const text = JSON.stringify({ user: 'ben', src_ip: '203.0.113.9' });
    // the fingerprint of before held no such text, and the entities in it are read since
    expect(names({ ...payload, samples: text })[0]).not.toBe(names({ ...payload, samples: 'none' })[0]);
    expect(names({ ...payload, samples: text })).toContain(names({ ...payload, samples: 'none' })[0]);
  });

  it('that may be of a box or a rule comes with the time at which it happened', () => {
    const canary = JSON.parse(readFileSync(new URL('opencanary-1.json', SENDERS), 'utf8')) as unknown;
    const names = normalizeAlert(canary, { receivedAt: RECEIVED_AT }).formerIdentities();
    expect(names).toContainEqual(
      expect.objectContaining({ id: 'canary-fin-01', occurredAt: expect.stringMatching(/^2/) }),
    );
  });
});

describe('names that are looked for since', () => {
  // Keys as the build before wrote them.
  it.each([
    [
      { reason: 'Brute force against the VPN', severity: 'high', time: '2026-03-01T10:00:00Z', user: 'ana' },
      '79b00706eaa0ca2865a25d250b27f9a8',
    ],
    [
      {
        eventtype: 'policy_violation',
        level: 'high',
        ts: '2026-03-01T10:00:00Z',
        violator: 'ben@corp.example',
        fullpath: 'C:\\Temp\\a.exe',
      },
      'e1f54200ac397d93f46e377477db7595',
    ],
    [
      {
        activity: 'Mass download',
        risk: 80,
        created: '2026-03-01T10:00:00Z',
        loggeduser: 'cem',
        userName: 'cem',
      },
      'e636cdee403e18692f7cb84837d1e832',
    ],
  ])('leave the identity that %j had', (payload, key) => {
    expect(namesOf(normalizeAlert(payload, { receivedAt: RECEIVED_AT }))).toContain(key);
  });
});
