import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../src/intake/dialects/dialect-list.ts';
import { genericClosing } from '../../src/intake/dialects/generic/generic-closing.ts';
import { writtenOn } from '../../src/intake/evidence/written-on.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';

const BEFORE = '2026-03-01T11:00:00.000Z';
const NOON = '2026-03-01T12:00:00.000Z';
const LATER = '2026-03-01T13:00:00.000Z';
const NOON_MS = Date.parse(NOON);
const ANA = 'ana@contoso.example';
const OURS = 'Closed by alertforest: benign, confidence 0.97, classifier 1.4.0.';

/** A note as the vendor keeps it. */
type Note = (text: string, by: string, at: string) => unknown;
/** A closed false positive that a person owns, and the places where a playbook leaves its tag and its note. */
interface Row {
  readonly record: Record<string, unknown>;
  readonly tagged: readonly Record<string, unknown>[];
  readonly notes?: {
    readonly in: (notes: readonly unknown[]) => Record<string, unknown>;
    readonly note: Note;
  };
}
const TAG = 'alertforest-closed';
const inList =
  (name: string) =>
  (notes: readonly unknown[]): Record<string, unknown> => ({ [name]: notes });
const generic = {
  title: 'T',
  severity: 'high',
  created_at: NOON,
  status: 'closed',
  resolution: 'false positive',
  closed_at: NOON,
  assignee: ANA,
};
const threat = {
  threatId: '1',
  threatName: 'T',
  incidentStatus: 'resolved',
  analystVerdict: 'false_positive',
  updatedAt: NOON,
  createdAt: NOON,
  identifiedAt: NOON,
};
const jiraFields = {
  summary: 'T',
  status: { name: 'Closed' },
  resolution: { name: 'False Positive' },
  assignee: { displayName: 'Ana' },
  created: NOON,
  resolutiondate: NOON,
  updated: NOON,
};
const signal = {
  message: 'm',
  timestamp: NOON,
  custom: {
    title: 'T',
    workflow: {
      triage: { state: 'archived', archive_reason: 'false_positive', state_update_user: { handle: ANA } },
    },
  },
};

const ROWS: Readonly<Record<string, Row>> = {
  sentinel_incident: {
    record: {
      IncidentName: 'c1',
      IncidentNumber: 7,
      Title: 'T',
      Severity: 'Medium',
      Status: 'Closed',
      Classification: 'FalsePositive',
      Owner: JSON.stringify({ userPrincipalName: ANA }),
      CreatedTime: NOON,
      ClosedTime: NOON,
      LastModifiedTime: NOON,
    },
    tagged: [
      { Labels: JSON.stringify([{ labelName: TAG }]) },
      { Labels: [TAG] },
      // what an automation rule wrote over our comment is nobody's word
      {
        Labels: JSON.stringify([{ labelName: TAG }]),
        ClassificationComment: 'duplicates are closed',
        ModifiedBy: 'Automation rule - duplicates',
      },
      {
        Labels: JSON.stringify([{ labelName: TAG }]),
        ClassificationComment: 'duplicates are closed',
        ModifiedBy: 'Microsoft Sentinel',
      },
    ],
    notes: {
      in: (notes) => ({ Comments: JSON.stringify(notes) }),
      note: (message, email, createdTimeUtc) => ({ message, author: { email }, createdTimeUtc }),
    },
  },
  defender_graph_alert: {
    record: {
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
      assignedTo: ANA,
    },
    tagged: [{ customTags: [TAG] }, { customTags: [TAG], resolvingComment: 'closing soon' }],
    notes: {
      in: inList('comments'),
      note: (comment, createdByDisplayName, createdDateTime) => ({
        comment,
        createdByDisplayName,
        createdDateTime,
      }),
    },
  },
  defender_endpoint_alert: {
    record: {
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
      assignedTo: ANA,
    },
    tagged: [{ tags: [TAG] }],
    notes: {
      in: inList('comments'),
      note: (comment, createdBy, createdTime) => ({ comment, createdBy, createdTime }),
    },
  },
  defender_incident: {
    record: {
      '@odata.type': '#microsoft.graph.security.incident',
      id: 'i1',
      displayName: 'T',
      severity: 'medium',
      status: 'resolved',
      classification: 'falsePositive',
      determination: 'clean',
      createdDateTime: NOON,
      lastUpdateDateTime: NOON,
      assignedTo: ANA,
    },
    tagged: [{ customTags: [TAG] }, { customTags: [TAG], resolvingComment: 'closing soon' }],
    notes: {
      in: inList('comments'),
      note: (comment, createdByDisplayName, createdDateTime) => ({
        comment,
        createdByDisplayName,
        createdDateTime,
      }),
    },
  },
  elastic_alert: {
    record: {
      '@timestamp': NOON,
      'kibana.alert.uuid': 'k1',
      'kibana.alert.rule.name': 'T',
      'kibana.alert.severity': 'medium',
      'kibana.alert.workflow_status': 'closed',
      'kibana.alert.workflow_reason': 'false_positive',
      'kibana.alert.workflow_status_updated_at': NOON,
      'kibana.alert.workflow_user': ANA,
    },
    tagged: [{ 'kibana.alert.workflow_tags': [TAG] }, { 'kibana.alert.workflow_tags': TAG }, { tags: [TAG] }],
  },
  wazuh_finding: {
    record: {
      '@timestamp': NOON,
      event: { id: 'e', kind: 'alert' },
      wazuh: {
        agent: { id: '001', name: 'h' },
        rule: { id: '5710', level: 5, title: 'T' },
        case: {
          status: 'completed',
          user: { name: ANA },
          tags: ['false positive'],
          updated_at: NOON,
        },
      },
    },
    tagged: [],
  },
  crowdstrike: {
    record: {
      composite_id: 'a:ind:b:1',
      cid: 'a',
      name: 'T',
      severity: 50,
      status: 'closed',
      resolution: 'false_positive',
      created_timestamp: NOON,
      updated_timestamp: NOON,
      assigned_to_uid: ANA,
    },
    tagged: [
      { tags: [TAG] },
      { tags: [TAG], comments: [{ value: 'taken', falcon_user_id: ANA, timestamp: BEFORE }] },
    ],
    notes: {
      in: inList('comments'),
      note: (value, falcon_user_id, timestamp) => ({ value, falcon_user_id, timestamp }),
    },
  },
  carbon_black: {
    record: {
      org_key: 'O',
      id: 'b1',
      threat_id: 't',
      type: 'CB_ANALYTICS',
      severity: 5,
      reason: 'T',
      first_event_timestamp: NOON,
      determination: { value: 'FALSE_POSITIVE' },
      workflow: { status: 'CLOSED', change_timestamp: NOON, changed_by: ANA },
    },
    tagged: [{ tags: [TAG] }],
    notes: {
      in: inList('alert_notes'),
      note: (note, author, create_time) => ({ note, author, create_time }),
    },
  },
  cortex_xdr: {
    record: {
      alert_id: '1',
      name: 'T',
      severity: 'medium',
      detection_timestamp: NOON_MS,
      mitre_tactic_id_and_name: [],
      matching_status: 'MATCHED',
      resolution_status: 'STATUS_080_RESOLVED_FALSE_POSITIVE',
      resolved_timestamp: NOON_MS,
      assigned_user_mail: ANA,
    },
    tagged: [{ tags: [TAG] }, { tags: [TAG], resolution_comment: 'looks fine' }, { original_tags: [TAG] }],
    notes: { in: inList('notes'), note: (text, user, time) => ({ text, user, time }) },
  },
  sentinelone: {
    record: {
      id: '1',
      threatInfo: threat,
      agentRealtimeInfo: { agentComputerName: 'h', siteName: 's', accountName: 'a' },
      assignee: { email: ANA },
    },
    tagged: [{ tags: [TAG] }, { threatInfo: { ...threat, tags: [TAG] } }],
    notes: { in: inList('notes'), note: (text, creator, createdAt) => ({ text, creator, createdAt }) },
  },
  trend_vision_one: {
    record: {
      id: 'WB-1',
      schemaVersion: '1.12',
      model: 'T',
      severity: 'high',
      score: 50,
      status: 'Closed',
      investigationResult: 'False Positive',
      createdDateTime: NOON,
      updatedDateTime: NOON,
      alertProvider: 'SAE',
      workbenchLink: 'https://portal.example/1',
      impactScope: { entities: [] },
      indicators: [],
      ownerIds: [ANA],
    },
    tagged: [{ tags: [TAG] }],
    notes: {
      in: inList('notes'),
      note: (content, creatorName, createdDateTime) => ({ content, creatorName, createdDateTime }),
    },
  },
  qradar_offense: {
    record: {
      id: 5,
      description: 'T',
      offense_type: 3,
      offense_source: 'svc',
      magnitude: 5,
      severity: 5,
      status: 'CLOSED',
      closing_reason: 'False-Positive, Tuned',
      closing_user: ANA,
      start_time: NOON_MS,
      close_time: NOON_MS,
    },
    tagged: [{ tags: [TAG] }],
    notes: {
      in: inList('notes'),
      note: (note_text, username, at) => ({ note_text, username, create_time: Date.parse(at) }),
    },
  },
  splunk_notable: {
    record: {
      event_id: 'x@@notable@@1',
      search_name: 'S - Rule',
      rule_title: 'T',
      _time: NOON,
      orig_time: '1772366400',
      status: '5',
      status_label: 'Closed',
      disposition: 'disposition:3',
      owner: ANA,
      reviewer: ANA,
      review_time: NOON_MS / 1000,
    },
    tagged: [{ tag: [TAG] }, { tags: `prod,${TAG}` }, { tags: [TAG], comment: 'taken' }],
    notes: {
      in: inList('notes'),
      note: (content, author, create_time) => ({ content, author, create_time }),
    },
  },
  ocsf_finding: {
    record: {
      class_uid: 2005,
      category_uid: 2,
      metadata: { uid: 'u', product: { name: 'P' } },
      time: NOON_MS,
      end_time: NOON_MS,
      finding_info_list: [{ uid: 'f', title: 'T' }],
      status_id: 5,
      verdict_id: 1,
      assignee: { email_addr: ANA },
    },
    tagged: [
      { metadata: { uid: 'u', product: { name: 'P' }, labels: [TAG] } },
      { metadata: { uid: 'u', product: { name: 'P' }, tags: [{ name: TAG, values: ['1'] }] } },
      { finding_info_list: [{ uid: 'f', title: 'T', tags: [{ name: TAG }] }] },
      { unmapped: { tags: [TAG] } },
    ],
    notes: { in: (notes) => ({ unmapped: { notes } }), note: (text, by, time) => ({ text, by, time }) },
  },
  aws_securityhub: {
    record: {
      SchemaVersion: '2018-10-08',
      Id: 'arn:aws:securityhub:eu-west-1:1:finding/x',
      ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/guardduty',
      GeneratorId: 'g',
      AwsAccountId: '1',
      Types: ['TTPs'],
      Title: 'T',
      Description: 'd',
      CreatedAt: NOON,
      UpdatedAt: NOON,
      Severity: { Label: 'HIGH' },
      Resources: [{ Type: 'AwsEc2Instance', Id: 'i-1' }],
      Workflow: { Status: 'SUPPRESSED' },
      VerificationState: 'FALSE_POSITIVE',
      Note: { Text: 'known', UpdatedBy: ANA, UpdatedAt: NOON },
    },
    tagged: [
      { UserDefinedFields: { [TAG]: 'true' } },
      { Note: { Text: OURS, UpdatedBy: ANA, UpdatedAt: NOON } },
    ],
  },
  wiz: {
    record: {
      id: 'w1',
      control: { id: 'c', name: 'T' },
      severity: 'HIGH',
      status: 'RESOLVED',
      resolutionReason: 'FALSE_POSITIVE',
      createdAt: NOON,
      resolvedAt: NOON,
      entitySnapshot: { id: 'e', name: 'n', type: 'VM' },
      projects: [],
      notes: [{ text: 'known', user: { email: ANA }, createdAt: BEFORE }],
    },
    tagged: [{ resolutionNote: OURS }],
    notes: { in: inList('notes'), note: (text, email, createdAt) => ({ text, user: { email }, createdAt }) },
  },
  thehive: {
    record: {
      _id: '~1',
      _type: 'Case',
      caseId: 3,
      title: 'T',
      severity: 2,
      status: 'FalsePositive',
      stage: 'Closed',
      startDate: NOON_MS,
      endDate: NOON_MS,
      assignee: ANA,
      _createdAt: NOON_MS,
    },
    tagged: [{ tags: [TAG] }, { tags: [TAG], summary: 'looked at' }, { summary: OURS }],
    notes: {
      in: inList('comments'),
      note: (message, createdBy, createdAt) => ({ message, createdBy, createdAt }),
    },
  },
  jira_issue: {
    record: { key: 'SOC-1', fields: jiraFields },
    tagged: [{ fields: { ...jiraFields, labels: [TAG] } }],
    notes: {
      in: (comments) => ({ fields: { ...jiraFields, comment: { comments } } }),
      note: (body, displayName, created) => ({ body, author: { displayName }, created }),
    },
  },
  datadog_signal: {
    record: { id: 'd', type: 'signal', attributes: { ...signal, tags: ['source:x'] } },
    tagged: [{ attributes: { ...signal, tags: [TAG] } }],
  },
  generic: {
    record: generic,
    tagged: [
      { labels: [TAG] },
      { labels: { [TAG]: 'true' } },
      { labels: [{ key: TAG, value: '1' }] },
      { Tags: `fp, ${TAG}` },
      { custom_tags: [TAG] },
      // the name of the alert is nobody's closing comment
      { tags: [TAG], summary: 'Suspicious login', modified_by: ANA },
      { work_notes: `2026-03-01 12:00 - api\n${OURS}` },
      { comments: OURS },
    ],
    notes: { in: inList('timeline'), note: (text, user, created) => ({ text, user, created }) },
  },
};
const byOf = (payload: unknown) => normalizeAlert(payload).closing?.by;

describe.each(Object.entries(ROWS))(
  'a record of %s that a person owns',
  (name, { record, tagged, notes }) => {
    it('was closed by that person where nothing of ours stands on it', () => {
      const read = normalizeAlert(record);
      expect(read.report.dialect).toBe(name);
      expect(read.closing).toMatchObject({ outcome: 'false_positive', by: 'person' });
    });

    it('was closed by our playbook where its tag stands, wherever the vendor keeps tags', () => {
      expect(tagged.map((more) => byOf({ ...record, ...more }))).toEqual(tagged.map(() => 'machine'));
    });

    if (notes === undefined) return;
    const { note } = notes;
    const noted = (...entries: readonly unknown[]) => byOf({ ...record, ...notes.in(entries) });

    it('was closed by our playbook where its note stands, whoever the note is by', () => {
      expect(noted(note(OURS, ANA, NOON))).toBe('machine');
      expect(noted(note(OURS, 'svc-triage', NOON))).toBe('machine');
      expect(noted(note('taken', ANA, BEFORE), note(OURS, ANA, NOON))).toBe('machine');
      // what was there before our note is no judgement of it, in whatever order they are listed
      expect(noted(note(OURS, 'svc-triage', NOON), note('taken', ANA, BEFORE))).toBe('machine');
      // our score is no person's later word
      expect(noted(note(OURS, ANA, NOON), note('<p><b>alertforest</b>: benign</p>', ANA, LATER))).toBe(
        'machine',
      );
      expect(noted(note(OURS, ANA, NOON), note('enriched', 'soar-bot', LATER))).toBe('machine');
    });

    it('is a person’s again once a person has written later', () => {
      expect(noted(note(OURS, 'svc-triage', NOON), note('it was real', ANA, LATER))).toBe('person');
      expect(noted(note('it was real', ANA, LATER), note(OURS, 'svc-triage', NOON))).toBe('person');
    });

    it('finds our note among hundreds of others', () => {
      const others = Array.from({ length: 450 }, (_, i) => note(`line ${i}`, 'svc', BEFORE));
      for (const at of [0, 200, 449]) {
        expect(noted(...others.slice(0, at), note(OURS, 'svc-triage', NOON), ...others.slice(at))).toBe(
          'machine',
        );
      }
    });
  },
);

it('reads only so much of a record that is full of notes', () => {
  const list = JSON.stringify(Array.from({ length: 20 }, () => ({ text: 'a', by: 'b' })));
  const record = Object.fromEntries(Array.from({ length: 1900 }, (_, i) => [`k${i}_notes`, list]));
  const { changes } = writtenOn(record);
  expect(changes.filter(({ text }) => text === 'a')).toHaveLength(8 * 20);
  expect(changes.length).toBeLessThan(4_000);
});

it('a person who closes again what our playbook had closed an hour before is heard', () => {
  const { record, notes } = ROWS['qradar_offense'] as Required<Row>;
  const noted = notes.in([notes.note(OURS, 'svc-triage', BEFORE)]);
  expect(byOf({ ...record, ...noted })).toBe('person');
  expect(byOf({ ...record, ...noted, closing_user: 'Automation rule' })).toBe('machine');
});

it('a person who writes over our closing comment is heard where a Sentinel incident names no editor', () => {
  const { record } = ROWS['sentinel_incident'] as Row;
  const tagged = { ...record, Labels: JSON.stringify([{ labelName: TAG }]) };
  expect(byOf({ ...tagged, ClassificationComment: 'it was real' })).toBe('person');
  expect(byOf({ ...tagged, ClassificationComment: OURS })).toBe('machine');
  // nobody, or a machine, has it: an automation rule may have written it
  expect(byOf({ ...tagged, ClassificationComment: 'it was real', Owner: undefined })).toBe('machine');
  expect(
    byOf({
      ...tagged,
      ClassificationComment: 'it was real',
      Owner: JSON.stringify({ assignedTo: 'soar-bot' }),
    }),
  ).toBe('machine');
});

it('every dialect that can name a person as the closer has a row', () => {
  const others = new Set([
    // closes nothing by a person's word, or has no place where a playbook could write
    'sentinel_alert',
    'aws_guardduty',
    'proofpoint_tap',
    'entra_risk',
  ]);
  // those that read a closing by common names are held by the row of `generic`
  const missing = DIALECTS.filter(({ closingOf }) => closingOf !== undefined && closingOf !== genericClosing)
    .filter(({ name }) => !(name in ROWS) && !others.has(name))
    .map(({ name }) => name);
  expect(missing).toEqual([]);
});
