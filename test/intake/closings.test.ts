import { describe, expect, it } from 'vitest';
import { outcomeOfWord } from '../../src/intake/evidence/closing-words.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';

function sentinelIncident(properties: object): unknown {
  return {
    type: 'Microsoft.SecurityInsights/Incidents',
    name: 'inc-1',
    properties: {
      title: 'I',
      severity: 'High',
      incidentNumber: 1,
      createdTimeUtc: '2025-01-01T00:00:00Z',
      lastModifiedTimeUtc: '2025-01-02T00:00:00Z',
      status: 'Closed',
      ...properties,
    },
  };
}
const human = { owner: { userPrincipalName: 'ana@example.com' } };
const closingOf = (payload: unknown) => normalizeAlert(payload).closing;

describe('a closed Sentinel incident', () => {
  it('labels itself and its member alerts', () => {
    const alerts = [
      { name: 'm-1', properties: { systemAlertId: 's-1' } },
      { name: 'm-2', properties: {} },
    ];
    expect(
      closingOf(
        sentinelIncident({
          classification: 'TruePositive',
          classificationReason: 'SuspiciousActivity',
          alerts,
          ...human,
        }),
      ),
    ).toEqual({
      outcome: 'true_positive',
      reason: 'SuspiciousActivity',
      by: 'person',
      analyst: 'ana@example.com',
      closedAt: '2025-01-02T00:00:00.000Z',
      raw: 'TruePositive / SuspiciousActivity',
      memberAlertIds: ['s-1', 'm-2'],
    });
  });

  it('keeps incorrect data apart from incorrect logic', () => {
    const reasons = ['InaccurateData', 'IncorrectAlertLogic'].map(
      (classificationReason) =>
        closingOf(sentinelIncident({ classification: 'FalsePositive', classificationReason, ...human }))
          ?.reason,
    );
    expect(reasons).toEqual(['incorrect_data', 'incorrect_logic']);
  });

  it('maps benign positives to benign and undetermined to no label', () => {
    expect(closingOf(sentinelIncident({ classification: 'BenignPositive', ...human }))?.outcome).toBe(
      'benign',
    );
    expect(closingOf(sentinelIncident({ classification: 'Undetermined', ...human }))?.outcome).toBe(
      'no_label',
    );
    expect(closingOf(sentinelIncident({ ...human }))?.outcome).toBe('no_label');
  });

  it('counts as closed by automation when it carries our tag and no human has touched it', () => {
    const labels = [{ labelName: 'alertforest' }];
    const closed = (more: object) =>
      closingOf(sentinelIncident({ classification: 'FalsePositive', labels, ...more }));
    expect(closed({})?.by).toBe('machine');
    expect(closed({ classificationComment: 'Closed by Alertforest' })?.by).toBe('machine');
    expect(closed({ classificationComment: 'I looked at it, false alarm' })?.by).toBe('person');
    expect(closed(human)?.by).toBe('person');
    expect(closed({ owner: { assignedTo: 'Playbook-Close' } })?.by).toBe('machine');
  });

  it('says nothing while it is open', () => {
    expect(closingOf(sentinelIncident({ status: 'Active', classification: 'TruePositive' }))).toBeUndefined();
  });
});

describe('verdicts of other vendors', () => {
  const graph = (fields: object) => ({
    '@odata.type': '#microsoft.graph.security.alert',
    id: 'g',
    title: 'T',
    createdDateTime: '2025-01-01T00:00:00Z',
    status: 'resolved',
    assignedTo: 'ana@example.com',
    ...fields,
  });
  const notable = (fields: object) => ({
    index: 'notable',
    event_id: 'x@@notable@@1',
    search_name: 'S',
    status_end: 'true',
    ...fields,
  });
  const ocsf = (verdict_id: number) => ({
    class_uid: 2004,
    category_uid: 2,
    metadata: {},
    finding_info: { uid: 'f', title: 'T' },
    status_id: 4,
    verdict_id,
  });
  const threat = (analystVerdict: string) => ({
    id: 's',
    threatInfo: { threatId: 's', threatName: 'T', incidentStatus: 'resolved', analystVerdict },
  });
  const cases: readonly [string, unknown, string][] = [
    [
      'Defender true positive',
      graph({ classification: 'truePositive', determination: 'malware' }),
      'true_positive',
    ],
    [
      'Defender false positive',
      graph({ classification: 'falsePositive', determination: 'clean' }),
      'false_positive',
    ],
    [
      'Defender expected activity',
      graph({ classification: 'informationalExpectedActivity', determination: 'securityTesting' }),
      'benign',
    ],
    [
      'Defender security test filed as true positive',
      graph({ classification: 'truePositive', determination: 'securityTesting' }),
      'no_label',
    ],
    [
      'Defender without enough data',
      graph({ classification: 'falsePositive', determination: 'notEnoughDataToValidate' }),
      'no_label',
    ],
    ['Defender unknown', graph({ classification: 'unknown' }), 'no_label'],
    ['Splunk 1', notable({ disposition: 'disposition:1' }), 'true_positive'],
    ['Splunk 2', notable({ disposition: 'disposition:2' }), 'benign'],
    ['Splunk 3', notable({ disposition: 'disposition:3' }), 'false_positive'],
    ['Splunk 4', notable({ disposition: 'disposition:4' }), 'false_positive'],
    ['Splunk 6', notable({ disposition: 'disposition:6' }), 'no_label'],
    [
      'Splunk label of a site',
      notable({ disposition: 'disposition:11', disposition_label: 'False Positive' }),
      'false_positive',
    ],
    ['OCSF 1', ocsf(1), 'false_positive'],
    ['OCSF 2', ocsf(2), 'true_positive'],
    ['OCSF 3', ocsf(3), 'no_label'],
    ['OCSF 4', ocsf(4), 'suspicious'],
    ['OCSF 5', ocsf(5), 'benign'],
    ['OCSF 6', ocsf(6), 'benign'],
    ['OCSF 7', ocsf(7), 'no_label'],
    ['OCSF 10', ocsf(10), 'no_label'],
    ['SentinelOne true positive', threat('true_positive'), 'true_positive'],
    ['SentinelOne suspicious', threat('suspicious'), 'suspicious'],
    ['SentinelOne undefined', threat('undefined'), 'no_label'],
  ];
  for (const [name, payload, outcome] of cases) {
    it(`${name} is ${outcome}`, () => {
      expect(closingOf(payload)?.outcome).toBe(outcome);
    });
  }

  it('tell incorrect data from incorrect logic where the vendor does', () => {
    expect(closingOf(notable({ disposition: 'disposition:3' }))?.reason).toBe('incorrect_logic');
    expect(closingOf(notable({ disposition: 'disposition:4' }))?.reason).toBe('incorrect_data');
  });

  it('are taken as automatic where the service closed the record itself', () => {
    const risk = (riskDetail: string) => ({
      id: 'r',
      riskEventType: 'anonymizedIPAddress',
      riskLevel: 'low',
      detectedDateTime: '2025-01-01T00:00:00Z',
      riskState: 'confirmedSafe',
      riskDetail,
    });
    expect(closingOf(risk('aiConfirmedSigninSafe'))?.by).toBe('machine');
    expect(closingOf(risk('adminConfirmedSigninSafe'))).toMatchObject({
      by: 'person',
      outcome: 'benign',
    });
  });

  it('understand words in any spelling and refuse unknown ones', () => {
    expect(outcomeOfWord('True Positive - Suspicious Activity')).toBe('true_positive');
    expect(outcomeOfWord('BENIGN_POSITIVE')).toBe('benign');
    expect(outcomeOfWord('cheese')).toBeUndefined();
  });
});

describe('records of case tools', () => {
  it('are read inside a webhook that carries them beside what has changed', () => {
    const record = {
      _id: '~1',
      _type: 'Case',
      title: 'T',
      severity: 3,
      status: 'Resolved',
      resolutionStatus: 'FalsePositive',
      assignee: 'ana@example.com',
    };
    expect(closingOf({ operation: 'update', objectType: 'case', details: {}, object: record })).toMatchObject(
      {
        outcome: 'false_positive',
        by: 'person',
      },
    );
  });

  it('are of the person who last spoke in them where nobody is named as closer or owner', () => {
    const closed = { status: 'Closed', resolution: 'False Positive', title: 'T', id: 'c-1' };
    const said = [
      { author: 'ben', created: '2026-11-20T10:05:00Z', body: 'agreed' },
      { author: 'ana', created: '2026-11-20T10:02:00Z', body: 'a newsletter' },
      { author: 'Automation for Jira', created: '2026-11-20T10:09:00Z', body: 'closed' },
    ];
    for (const name of ['comments', 'activities', 'history'])
      expect(closingOf({ ...closed, [name]: said })).toMatchObject({ by: 'person', analyst: 'ben' });
    const row = {
      'Issue key': 'SOC-1',
      Summary: 'T',
      Status: 'Closed',
      Resolution: 'False Positive',
      Comment: ['20/Nov/26 10:05 AM;ben;agreed', '20/Nov/26 10:02 AM;ana;a newsletter; known'],
    };
    expect(closingOf(row)).toMatchObject({ by: 'person', analyst: 'ben' });
    expect(closingOf({ ...row, Comment: undefined })).toMatchObject({ by: 'machine' });
    const fields = { summary: 'T', status: { name: 'Done' }, resolution: { name: 'False Positive' } };
    expect(
      closingOf({
        key: 'SOC-1',
        fields: { ...fields, comment: { comments: [{ author: { displayName: 'ana' }, body: 'ok' }] } },
      }),
    ).toMatchObject({ by: 'person', analyst: 'ana' });
    const changelog = { items: [{ field: 'resolution', toString: 'False Positive' }] };
    expect(
      closingOf({ user: { displayName: 'ana' }, changelog, issue: { key: 'SOC-1', fields } }),
    ).toMatchObject({ by: 'person', analyst: 'ana' });
  });

  it('name the word that no vocabulary holds', () => {
    const closed = {
      sys_id: 'aa11bb22cc33dd44ee55ff6600112233',
      number: 'SIR0087021',
      short_description: 'Password spray',
      priority: '2',
      state: '3',
      close_code: 'Zur Kenntnis',
      closed_by: { display_value: 'ana' },
    };
    expect(closingOf({ result: closed })).toMatchObject({ outcome: 'no_label', unread: 'Zur Kenntnis' });
    expect(closingOf({ result: { ...closed, close_code: 'False positive' } })?.outcome).toBe(
      'false_positive',
    );
  });
});
