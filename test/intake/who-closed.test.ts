import { describe, expect, it } from 'vitest';
import { actorOf, type ClosingTrace, closedBy } from '../../src/intake/evidence/who-closed.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';

const ANA = 'ana@contoso.example';
const NOON = '2026-03-01T12:00:00.000Z';
const LATER = '2026-03-01T13:00:00.000Z';

describe('who closed a record', () => {
  const cases: readonly [what: string, trace: ClosingTrace, by: 'person' | 'machine'][] = [
    ['an owner', { owners: [ANA] }, 'person'],
    ['an owner, synchronised under a product name', { owners: [ANA], closers: ['Microsoft XDR'] }, 'person'],
    ['a product name alone', { closers: ['Microsoft Defender XDR'] }, 'machine'],
    ['nobody', {}, 'machine'],
    ['a comment', { comments: ['known scanner'] }, 'person'],
    ['a person in the history', { changes: [{ by: 'Ana', at: NOON, text: 'looked at it' }] }, 'person'],
    [
      'an automation rule beside an owner',
      { owners: [ANA], closers: ['Automation rule - close'] },
      'machine',
    ],
    ['a playbook as the owner', { owners: ['Close-Benign-Playbook'] }, 'machine'],
    ['a suppression rule as the owner', { owners: ['Suppression rule'] }, 'machine'],
    ['a mirroring bot beside an owner', { owners: [ANA], closers: ['DBot'] }, 'machine'],
    ["the vendor's machine marker beside an owner", { owners: [ANA], marker: 'machine' }, 'machine'],
    ["the vendor's person marker beside a rule's name", { closers: ['rule-17'], marker: 'person' }, 'person'],
    ['our tag of a scored record beside an owner', { owners: [ANA], tags: ['alertforest'] }, 'person'],
    [
      'our closing tag beside an owner',
      { owners: [ANA], tags: [{ labelName: 'alertforest-closed' }] },
      'machine',
    ],
    [
      'our closing comment beside an owner and a person as the last editor at that time',
      {
        owners: [ANA],
        closers: [ANA],
        comments: ['Closed by alertforest: benign'],
        closedAt: NOON,
        changedAt: NOON,
      },
      'machine',
    ],
    [
      'our closing comment and a dated change by a person after it',
      {
        comments: ['Closed by alertforest: benign'],
        closedAt: NOON,
        changes: [{ by: ANA, at: LATER, text: 'this was real' }],
      },
      'person',
    ],
    [
      'our closing comment and a change by a person before it',
      {
        comments: ['Closed by alertforest: benign'],
        closedAt: LATER,
        changes: [{ by: ANA, at: NOON, text: 'taken' }],
      },
      'machine',
    ],
    [
      'our closing tag, rewritten by a person later',
      { owners: [ANA], closers: [ANA], tags: ['alertforest-closed'], closedAt: NOON, changedAt: LATER },
      'person',
    ],
    [
      'our closing tag and a product that touched it later',
      {
        owners: [ANA],
        closers: ['Microsoft XDR'],
        tags: ['alertforest-closed'],
        closedAt: NOON,
        changedAt: LATER,
      },
      'machine',
    ],
  ];
  it.each(cases)('%s', (_what, trace, by) => {
    expect(closedBy(trace)).toBe(by);
  });

  it('is asked of names as products write them', () => {
    for (const name of [
      'Microsoft 365 Defender',
      'Microsoft Defender XDR',
      'Microsoft XDR',
      'Azure Security Insights',
    ])
      expect(actorOf(name)).toBe('product');
    for (const name of ['SYSTEM', 'Automated investigation', 'Playbook-Close', 'soar-bot', 'API token 7'])
      expect(actorOf(name)).toBe('machine');
    for (const name of [ANA, 'Ana Analyst', 'CONTOSO\\ana', 'u_ana_0']) expect(actorOf(name)).toBe('person');
    for (const name of [undefined, '', 'unassigned']) expect(actorOf(name)).toBeUndefined();
  });
});

/** A closed false positive of every dialect that names who closed it; `closer` and `tag` where the vendor has them. */
type Shell = (who: {
  owner?: string;
  closer?: string;
  tag?: string;
  comment?: string;
}) => Record<string, unknown>;
const SHELLS: Readonly<Record<string, { shell: Shell; hasCloser: boolean; hasTags: boolean }>> = {
  sentinel_incident: {
    hasCloser: true,
    hasTags: true,
    shell: ({ owner, closer, tag, comment }) => ({
      IncidentName: 'c1',
      IncidentNumber: 7,
      Title: 'T',
      Severity: 'Medium',
      Status: 'Closed',
      Classification: 'FalsePositive',
      ClassificationComment: comment ?? '',
      Owner: JSON.stringify({ userPrincipalName: owner ?? null }),
      ModifiedBy: closer ?? '',
      Labels: JSON.stringify(tag === undefined ? [] : [{ labelName: tag }]),
      CreatedTime: NOON,
      ClosedTime: NOON,
      LastModifiedTime: NOON,
    }),
  },
  defender_graph_alert: {
    hasCloser: false,
    hasTags: true,
    shell: ({ owner, tag, comment }) => ({
      '@odata.type': '#microsoft.graph.security.alert',
      id: 'g1',
      title: 'T',
      severity: 'medium',
      status: 'resolved',
      classification: 'falsePositive',
      determination: 'clean',
      createdDateTime: NOON,
      resolvedDateTime: NOON,
      lastUpdateDateTime: NOON,
      assignedTo: owner ?? null,
      customTags: tag === undefined ? [] : [tag],
      comments: comment === undefined ? [] : [{ comment, createdByDisplayName: 'x', createdDateTime: NOON }],
    }),
  },
  defender_endpoint_alert: {
    hasCloser: false,
    hasTags: true,
    shell: ({ owner, tag, comment }) => ({
      id: 'e1',
      title: 'T',
      severity: 'Medium',
      status: 'Resolved',
      classification: 'FalsePositive',
      determination: 'Clean',
      machineId: 'm',
      detectionSource: 'WindowsDefenderAtp',
      alertCreationTime: NOON,
      resolvedTime: NOON,
      lastUpdateTime: NOON,
      assignedTo: owner ?? null,
      tags: tag === undefined ? [] : [tag],
      comments: comment === undefined ? [] : [{ comment, createdBy: 'x', createdTime: NOON }],
    }),
  },
  defender_incident: {
    hasCloser: false,
    hasTags: true,
    shell: ({ owner, tag, comment }) => ({
      '@odata.type': '#microsoft.graph.security.incident',
      id: 'i1',
      displayName: 'T',
      severity: 'medium',
      status: 'resolved',
      classification: 'falsePositive',
      determination: 'clean',
      createdDateTime: NOON,
      lastUpdateDateTime: NOON,
      assignedTo: owner ?? null,
      resolvingComment: comment ?? null,
      customTags: tag === undefined ? [] : [tag],
    }),
  },
  elastic_alert: {
    hasCloser: true,
    hasTags: true,
    shell: ({ owner, closer, tag }) => ({
      '@timestamp': NOON,
      'kibana.alert.uuid': 'k1',
      'kibana.alert.rule.name': 'T',
      'kibana.alert.severity': 'medium',
      'kibana.alert.workflow_status': 'closed',
      'kibana.alert.workflow_reason': 'false_positive',
      'kibana.alert.workflow_status_updated_at': NOON,
      'kibana.alert.workflow_user': closer ?? owner ?? 'Logic App',
      'kibana.alert.workflow_tags': tag === undefined ? [] : [tag],
    }),
  },
  crowdstrike: {
    hasCloser: false,
    hasTags: true,
    shell: ({ owner, tag }) => ({
      composite_id: 'a:ind:b:1',
      cid: 'a',
      name: 'T',
      severity: 50,
      status: 'closed',
      tags: ['false_positive', ...(tag === undefined ? [] : [tag])],
      created_timestamp: NOON,
      updated_timestamp: NOON,
      ...(owner === undefined ? {} : { assigned_to_uid: owner }),
    }),
  },
  carbon_black: {
    hasCloser: true,
    hasTags: true,
    shell: ({ owner, closer, tag }) => ({
      org_key: 'O',
      id: 'b1',
      threat_id: 't',
      type: 'CB_ANALYTICS',
      severity: 5,
      reason: 'T',
      first_event_timestamp: NOON,
      tags: tag === undefined ? [] : [tag],
      determination: { value: 'FALSE_POSITIVE' },
      workflow: { status: 'CLOSED', change_timestamp: NOON, changed_by: closer ?? owner ?? null },
    }),
  },
  cortex_xdr: {
    hasCloser: false,
    hasTags: true,
    shell: ({ owner, tag, comment }) => ({
      alert_id: '1',
      name: 'T',
      severity: 'medium',
      detection_timestamp: 1772366400000,
      mitre_tactic_id_and_name: [],
      matching_status: 'MATCHED',
      resolution_status: 'STATUS_080_RESOLVED_FALSE_POSITIVE',
      resolution_comment: comment ?? null,
      tags: tag === undefined ? [] : [tag],
      assigned_user_mail: owner ?? null,
    }),
  },
  qradar_offense: {
    hasCloser: true,
    hasTags: false,
    shell: ({ owner, closer }) => ({
      id: 5,
      description: 'T',
      offense_type: 3,
      offense_source: 'svc',
      magnitude: 5,
      severity: 5,
      status: 'CLOSED',
      closing_reason: 'False-Positive, Tuned',
      closing_user: closer ?? owner ?? null,
      start_time: 1772366400000,
      close_time: 1772366400000,
    }),
  },
  splunk_notable: {
    hasCloser: true,
    hasTags: false,
    shell: ({ owner, closer, comment }) => ({
      event_id: 'x@@notable@@1',
      search_name: 'S - Rule',
      rule_title: 'T',
      _time: NOON,
      orig_time: '1772366400',
      status: '5',
      status_label: 'Closed',
      disposition: 'disposition:3',
      owner: owner ?? 'unassigned',
      ...(closer === undefined ? {} : { reviewer: closer }),
      ...(comment === undefined ? {} : { comment }),
    }),
  },
  ocsf_finding: {
    hasCloser: false,
    hasTags: false,
    shell: ({ owner, comment }) => ({
      class_uid: 2005,
      category_uid: 2,
      metadata: { uid: 'u', product: { name: 'P' } },
      time: 1772366400000,
      finding_info_list: [{ uid: 'f', title: 'T' }],
      status_id: 5,
      verdict_id: 1,
      ...(owner === undefined ? {} : { assignee: { email_addr: owner } }),
      ...(comment === undefined ? {} : { comment }),
    }),
  },
};
const byOf = (payload: unknown) => normalizeAlert(payload).closing?.by;

describe.each(Object.entries(SHELLS))('a closed record of %s', (dialect, { shell, hasCloser }) => {
  it('is read by that dialect, and a person closed it where one is named', () => {
    const read = normalizeAlert(shell({ owner: ANA }));
    expect(read.report.dialect).toBe(dialect);
    expect(read.closing).toMatchObject({ outcome: 'false_positive', by: 'person', analyst: ANA });
  });

  it('was closed by a machine where a machine is named or nobody is', () => {
    expect(byOf(shell({ owner: 'Suppression rule' }))).toBe('machine');
    expect(byOf(shell({ owner: 'Close-Benign-Playbook' }))).toBe('machine');
    expect(byOf(shell({}))).toBe('machine');
    if (hasCloser)
      expect(byOf(shell({ owner: ANA, closer: 'Automation rule - auto close' }))).toBe('machine');
  });
});

describe.each(Object.entries(SHELLS).filter(([, { hasTags }]) => hasTags))(
  'a closed record of %s with tags',
  (_, { shell }) => {
    it('was closed by a machine where our playbook tagged the closing, whoever owns it', () => {
      expect(byOf(shell({ owner: ANA, tag: 'alertforest-closed' }))).toBe('machine');
      expect(byOf(shell({ owner: ANA, tag: 'alertforest' }))).toBe('person');
    });
  },
);

describe('our playbook’s closing of an incident that an automation rule had assigned', () => {
  const closed = (more: Record<string, unknown>) => ({
    ...SHELLS['sentinel_incident']!.shell({
      owner: ANA,
      tag: 'alertforest-closed',
      comment: 'Closed by alertforest: benign, confidence 0.97, classifier 1.4.0.',
    }),
    ...more,
  });

  it('is a machine’s, whoever is named beside it', () => {
    expect(byOf(closed({}))).toBe('machine');
    expect(byOf(closed({ ModifiedBy: ANA }))).toBe('machine');
    expect(byOf(closed({ ModifiedBy: 'Microsoft Sentinel', Comments: '[]' }))).toBe('machine');
  });

  it('is a person’s once a person has changed it later', () => {
    const comments = [
      { message: 'looked again, it was real', createdTimeUtc: LATER, author: { email: ANA } },
    ];
    expect(byOf(closed({ Comments: JSON.stringify(comments), Classification: 'TruePositive' }))).toBe(
      'person',
    );
    expect(
      byOf(closed({ ModifiedBy: ANA, ClassificationComment: 'looked again', LastModifiedTime: LATER })),
    ).toBe('person');
  });
});
