import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { isWorkflowName } from '../../src/intake/dialects/workflow-names.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { Unread } from '../../src/intake/unread.ts';
import { isObject } from '../../src/intake/values/json-value.ts';
import { OWN_PAYLOADS } from './own-payloads.ts';
import { samplePayloads } from './sample-payloads.ts';

const RECEIVED_AT = '2026-01-01T00:00:00.000Z';

function files(folder: string): { name: string; payload: unknown }[] {
  const place = new URL(`../fixtures/${folder}/`, import.meta.url);
  return readdirSync(place)
    .filter((file) => /\.(json|ndjson|txt|log|csv)$/.test(file) && !file.includes('expect'))
    .flatMap((file) => {
      try {
        const payload = parseBody(readFileSync(new URL(file, place), 'utf8')) as unknown;
        // A line that could not be read is no part of a payload.
        return [
          {
            name: file,
            payload: Array.isArray(payload) ? payload.filter((one) => !(one instanceof Unread)) : payload,
          },
        ];
      } catch {
        return [];
      }
    });
}

const FIXTURES = [
  ...samplePayloads(),
  ...OWN_PAYLOADS.map(({ dialect, payload }) => ({ name: `own ${dialect}`, payload: payload as unknown })),
  ...files('cases'),
  ...files('senders'),
];

/** Everything a verdict rests on: columns and record keys are a function of the alerts as they are read. */
function basisOf(payload: unknown): string {
  const alerts = unwrapEnvelope(payload).map((single) => {
    try {
      return normalizeAlert(single, { receivedAt: RECEIVED_AT }).alert;
    } catch (error) {
      return String(error);
    }
  });
  return JSON.stringify(alerts);
}

const dialectOf = (payload: unknown): string => {
  try {
    return normalizeAlert(unwrapEnvelope(payload)[0]).report.dialect;
  } catch {
    return 'none';
  }
};

/** What a word means where it is not the work on the alert, by dialect and dotted place. */
const MEANS_SOMETHING_ELSE: Readonly<Record<string, string>> = {
  'aws_detective InvestigationId': 'its own id',
  'ossec_alert rule.comment': "the rule's name",
  'datadog_signal attributes.attributes.status': 'the severity',
  'datadog_signal attributes.attributes.workflow': 'holds the rule',
  'datadog_signal attributes.attributes.workflow.rule': 'the rule',
  'datadog_signal attributes.attributes.workflow.rule.id': 'the rule',
  'datadog_signal attributes.attributes.workflow.rule.name': 'the rule',
  'datadog_signal attributes.attributes.workflow.rule.type': 'the rule',
  'modsecurity_audit transaction.response.status': 'of the answer',
  'office_alert InvestigationId': 'its own id',
  'office_alert InvestigationType': 'the kind of alert',
  'proofpoint_tap classification': 'of the threat',
  'proofpoint_tap threatsInfoMap.classification': 'of the threat',
  'sentinelone threatInfo.classification': 'of the malware',
  'suricata_eve http.status': 'of the answer',
  'zeek_notice note': 'the type of the notice',
};

const VALUES = [
  'TruePositive',
  'Closed',
  'mallory@evil.example',
  3,
  ['alertforest', '203.0.113.250'],
  { name: 'mallory', ip: '203.0.113.251', type: 'ip', value: '203.0.113.251' },
];

/** Fields of work as products and people call them, none of which any fixture has. */
const ADDED: Readonly<Record<string, unknown>> = {
  alert_owner: 'mallory',
  muteInitiator: '203.0.113.250',
  analystVerdict: 'TruePositive',
  case_status: 'closed',
  closedBy: 'mallory@evil.example',
  close_notes: 'attack from 203.0.113.251 on host evilhost1',
  triage: { verdict: 'malicious', src_ip: '203.0.113.252', severity: 'critical', rule: 'X' },
  comments: [{ author: 'mallory', message: 'see http://evil.example/x', ip: '203.0.113.253' }],
  assigned_to: { email: 'mallory@evil.example', name: 'mallory' },
  decisions: [{ type: 'ban', ip: '203.0.113.254', value: '203.0.113.254' }],
  feedback: { user: 'mallory', outcome: 'benign' },
};

const WRAPPERS: Readonly<Record<string, (alert: unknown) => Record<string, unknown>>> = {
  webhook: (body) => ({ headers: { host: 'x' }, body }),
  shuffle: (all_fields) => ({
    severity: 2,
    title: 'T',
    rule_id: 'r',
    id: 'i',
    timestamp: RECEIVED_AT,
    all_fields,
  }),
  splunk: (result) => ({ sid: 's', search_name: 'N', results_link: 'https://x.example/y', result }),
  eventbridge: (detail) => ({
    id: 'e',
    'detail-type': 'X',
    source: 'aws.x',
    account: '1',
    time: RECEIVED_AT,
    detail,
  }),
  text: (alert) => ({ payload: JSON.stringify(alert) }),
};

type Path = readonly (string | number)[];
const nameOf = (path: Path): string => path.filter((part) => typeof part === 'string').join('.');

/** A copy that keeps what a reader noted on a record beside its fields. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Reflect.ownKeys(value).map((key) => [key, copyOf((value as Record<string | symbol, unknown>)[key])]),
  );
}

function putAll(payload: unknown, path: Path, added: Readonly<Record<string, unknown>>): unknown {
  const copy = copyOf(payload);
  let place = copy as Record<string | number, unknown>;
  for (const part of path) place = place[part] as Record<string | number, unknown>;
  Object.assign(place, added);
  return copy;
}

/** Names of the added fields that change what is read: all are added at once, and one by one where that changes it. */
function leakingOf(
  before: string,
  withAdded: (added: Readonly<Record<string, unknown>>) => unknown,
): string[] {
  if (basisOf(withAdded(ADDED)) === before) return [];
  const leaking = Object.entries(ADDED).filter(
    ([key, value]) => basisOf(withAdded({ [key]: value })) !== before,
  );
  return leaking.length === 0 ? ['all of them'] : leaking.map(([key]) => key);
}

/** Objects of a payload with their paths, and the places whose own name or surroundings say that they are work. */
function placesOf(payload: unknown): { objects: Path[]; work: Path[] } {
  const objects: Path[] = [];
  const work: Path[] = [];
  const walk = (value: unknown, path: Path, isWork: boolean): void => {
    if (Array.isArray(value))
      for (const [at, item] of value.slice(0, 3).entries()) walk(item, [...path, at], isWork);
    if (!isObject(value)) return;
    if (!isWork) objects.push(path);
    for (const key of Object.keys(value)) {
      const isNamed = isWork || isWorkflowName(key);
      if (isNamed) work.push([...path, key]);
      walk(value[key], [...path, key], isNamed);
    }
  };
  walk(payload, [], false);
  return { objects: objects.slice(0, 8), work: work.slice(0, 120) };
}

describe('the work on an alert', () => {
  it('reaches nothing a verdict rests on, whatever is written in its fields', () => {
    const leaks = new Set<string>();
    const met = new Set<string>();
    let nChanges = 0;
    for (const { payload } of FIXTURES) {
      const before = basisOf(payload);
      const dialect = dialectOf(payload);
      for (const path of placesOf(payload).work) {
        const place = `${dialect} ${nameOf(path)}`;
        for (const value of VALUES) {
          nChanges++;
          if (basisOf(putAll(payload, path.slice(0, -1), { [path.at(-1) as string]: value })) === before)
            continue;
          if (place in MEANS_SOMETHING_ELSE) met.add(place);
          else leaks.add(place);
        }
      }
    }
    expect([...leaks]).toEqual([]);
    expect([...met].sort()).toEqual(Object.keys(MEANS_SOMETHING_ELSE).sort());
    expect(nChanges).toBeGreaterThan(2_000);
  });

  it('reaches nothing either where fields of work are added to any part of any payload', () => {
    const leaks = new Set<string>();
    for (const { payload } of FIXTURES) {
      const before = basisOf(payload);
      for (const path of placesOf(payload).objects)
        for (const key of leakingOf(before, (added) => putAll(payload, path, added)))
          leaks.add(`${dialectOf(payload)} ${nameOf(path)} + ${key}`);
    }
    expect([...leaks]).toEqual([]);
  });

  it('nor where a wrapper around the alert carries it', () => {
    const leaks = new Set<string>();
    for (const { payload } of FIXTURES) {
      const singles = unwrapEnvelope(payload).filter(isObject);
      if (singles.length !== 1) continue;
      for (const [name, wrap] of Object.entries(WRAPPERS)) {
        const before = basisOf(wrap(singles[0]));
        for (const key of leakingOf(before, (added) => ({ ...wrap(singles[0]), ...added })))
          leaks.add(`${name} of ${dialectOf(payload)} + ${key}`);
      }
    }
    expect([...leaks]).toEqual([]);
  });
});
