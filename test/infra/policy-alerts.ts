import { RETRAIN_POISON_QUEUE } from '../../src/store/names.ts';
import { at, type BicepFile } from './bicep-file.ts';
import { type Expect, ofType, same, textOf } from './policy-helpers.ts';

/** Event -> its fields, from docs/telemetry.md. */
export type Events = ReadonlyMap<string, ReadonlySet<string>>;

export const ALERT_RULES = [
  'drift',
  'failed-requests',
  'no-retrain-tick',
  'pending-feedback',
  'poison-messages',
  'slow-predict',
];

/** Windows and frequencies that scheduled query rules take. */
const WINDOWS = [
  'PT5M',
  'PT10M',
  'PT15M',
  'PT30M',
  'PT45M',
  'PT1H',
  'PT2H',
  'PT3H',
  'PT4H',
  'PT5H',
  'PT6H',
  'P1D',
  'P2D',
];

export function checkAlerts(file: BicepFile, events: Events, expect: Expect): void {
  const rules = file.variables.get('rules');
  const list = Array.isArray(rules) ? rules : [];
  expect(
    same(list.map((rule) => textOf(at(rule, 'key'))).sort(), ALERT_RULES),
    `alerts: rules must be ${ALERT_RULES.join(', ')}`,
  );
  for (const rule of list) {
    const key = textOf(at(rule, 'key'));
    const query = textOf(at(rule, 'query'));
    for (const field of ['frequency', 'window']) {
      expect(
        WINDOWS.includes(textOf(at(rule, field))),
        `alerts: ${key} has a ${field} that the platform does not take`,
      );
    }
    const measure = textOf(at(rule, 'measure'));
    expect(
      new RegExp(`\\b${measure} = |project ${measure}\\b`).test(query),
      `alerts: ${key} measures ${measure}, which its query does not give`,
    );
    for (const problem of queryProblems(query, events)) expect(false, `alerts: ${key} ${problem}`);
  }
  const resource = ofType(file, 'Microsoft.Insights/scheduledQueryRules');
  expect(
    resource?.over === 'rules' && resource.condition === undefined,
    'alerts: every rule must be deployed',
  );
  expect(at(resource?.body, 'properties.enabled') === true, 'alerts: rules must be enabled');
  expect(
    textOf(at(resource?.body, 'properties.actions.actionGroups')) === 'empty(email) ? [] : [oncall.id]',
    'alerts: rules must tell the action group',
  );
  const byKey = new Map(list.map((rule) => [textOf(at(rule, 'key')), rule]));
  const wired: [string, string, string][] = [
    ['pending-feedback', 'threshold', 'retrainAfterHourly'],
    ['slow-predict', 'threshold', 'predictP95Ms'],
    ['no-retrain-tick', 'operator', 'LessThan'],
    ['no-retrain-tick', 'window', 'PT3H'],
  ];
  for (const [key, field, value] of wired)
    expect(textOf(at(byKey.get(key), field)) === value, `alerts: ${key}.${field} must be ${value}`);
  expect(
    textOf(at(byKey.get('poison-messages'), 'query')).includes(`'${RETRAIN_POISON_QUEUE}'`),
    'alerts: poison-messages must name the poison queue',
  );
}

/** What a query asks of the log lines that docs/telemetry.md does not promise. */
export function queryProblems(query: string, events: Events): string[] {
  const problems: string[] = [];
  const names = [...query.matchAll(/startswith '\{"event":"(\w+)"'/g)].map(([, name = '']) => name);
  const fields = [...query.matchAll(/\bline\.(\w+)/g)].map(([, name = '']) => name);
  if (/"event"/.test(query) && names.length === 0) problems.push('selects an event in an unknown way');
  for (const name of names)
    if (!events.has(name)) problems.push(`reads the event ${name}, which nobody logs`);
  for (const field of fields) {
    if (field !== 'event' && !names.some((name) => events.get(name)?.has(field)))
      problems.push(`reads the field ${field}, which ${names} does not have`);
  }
  if (fields.length > 0 && !/extend line = parse_json\(message\)/.test(query))
    problems.push('uses line without parsing it');
  return problems;
}
