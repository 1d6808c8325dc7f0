import type { Disposition } from '../../src/alert/alert.ts';

type Outcome = Disposition | 'no_label' | 'automation';
type ClosedRecord = readonly [
  vendor: string,
  what: string,
  record: Record<string, unknown>,
  outcome: Outcome,
];

const ANALYST = 'ana@soc.example';
const MACHINE = 'Close-Benign-Playbook';
const AT = '2026-03-01T10:00:00Z';

type Words = { readonly word: string; readonly detail?: string; readonly outcome: Outcome };

// Vendors' words for what an alert was, of docs/formats.md; `automation` is a word closed by a machine.
const VENDORS: Readonly<
  Record<
    string,
    {
      readonly words: readonly Words[];
      readonly record: (id: string, words: Words, closedBy: string) => Record<string, unknown>;
    }
  >
> = {
  Sentinel: {
    words: [
      { word: 'TruePositive', detail: 'SuspiciousActivity', outcome: 'true_positive' },
      { word: 'FalsePositive', detail: 'InaccurateData', outcome: 'false_positive' },
      { word: 'BenignPositive', detail: 'SuspiciousButExpected', outcome: 'benign' },
      { word: 'Undetermined', outcome: 'no_label' },
    ],
    record: (name, { word, detail }, closedBy) => ({
      name,
      type: 'Microsoft.SecurityInsights/Incidents',
      properties: {
        title: 'Sign-in from a rare country',
        severity: 'High',
        status: 'Closed',
        incidentNumber: 1,
        createdTimeUtc: AT,
        classification: word,
        classificationReason: detail,
        owner: { userPrincipalName: closedBy },
      },
    }),
  },
  'Defender alerts': {
    words: [
      { word: 'truePositive', detail: 'malware', outcome: 'true_positive' },
      { word: 'falsePositive', detail: 'clean', outcome: 'false_positive' },
      { word: 'informationalExpectedActivity', detail: 'securityTesting', outcome: 'benign' },
      { word: 'truePositive', detail: 'securityTesting', outcome: 'no_label' },
      { word: 'falsePositive', detail: 'notEnoughDataToValidate', outcome: 'no_label' },
      { word: 'unknown', outcome: 'no_label' },
    ],
    record: (id, { word, detail }, closedBy) => ({
      '@odata.type': '#microsoft.graph.security.alert',
      id,
      title: 'Suspicious PowerShell',
      severity: 'medium',
      createdDateTime: AT,
      status: 'resolved',
      classification: word,
      determination: detail,
      assignedTo: closedBy,
    }),
  },
  'Defender incidents': {
    words: [
      { word: 'TruePositive', detail: 'MultiStagedAttack', outcome: 'true_positive' },
      { word: 'InformationalExpectedActivity', detail: 'LineOfBusinessApplication', outcome: 'benign' },
    ],
    record: (id, { word, detail }, closedBy) => ({
      incidentId: id,
      incidentName: 'Multi-stage incident',
      createdTime: AT,
      severity: 'High',
      status: 'Resolved',
      classification: word,
      determination: detail,
      assignedTo: closedBy,
      alerts: [],
    }),
  },
  Splunk: {
    words: [
      { word: 'disposition:1', outcome: 'true_positive' },
      { word: 'disposition:2', outcome: 'benign' },
      { word: 'disposition:3', outcome: 'false_positive' },
      { word: 'disposition:4', outcome: 'false_positive' },
      { word: 'disposition:5', outcome: 'no_label' },
      { word: 'disposition:6', outcome: 'no_label' },
    ],
    record: (id, { word }, closedBy) => ({
      index: 'notable',
      event_id: `${id}@@notable@@1`,
      search_name: 'Access - Brute Force - Rule',
      _time: AT,
      status_end: 'true',
      disposition: word,
      owner: closedBy,
    }),
  },
  SentinelOne: {
    words: [
      { word: 'true_positive', outcome: 'true_positive' },
      { word: 'false_positive', outcome: 'false_positive' },
      { word: 'suspicious', outcome: 'suspicious' },
      { word: 'undefined', outcome: 'no_label' },
    ],
    record: (id, { word }, closedBy) => ({
      id,
      threatInfo: {
        threatId: id,
        threatName: 'agent.exe',
        createdAt: AT,
        incidentStatus: 'resolved',
        analystVerdict: word,
      },
      assignee: { email: closedBy },
    }),
  },
  OCSF: {
    words: [
      { word: '1', outcome: 'false_positive' },
      { word: '2', outcome: 'true_positive' },
      { word: '3', outcome: 'no_label' },
      { word: '4', outcome: 'suspicious' },
      { word: '5', outcome: 'benign' },
      { word: '7', outcome: 'no_label' },
    ],
    record: (uid, { word }, closedBy) => ({
      class_uid: 2004,
      category_uid: 2,
      metadata: {},
      time_dt: AT,
      finding_info: { uid, title: 'Exfiltration' },
      status_id: 4,
      verdict_id: Number(word),
      assignee: { email_addr: closedBy },
    }),
  },
  Elastic: {
    words: [
      { word: 'true positive', outcome: 'true_positive' },
      { word: 'false_positive', outcome: 'false_positive' },
      { word: 'Benign positive', outcome: 'benign' },
      { word: 'duplicate', outcome: 'no_label' },
    ],
    record: (uuid, { word }, closedBy) => ({
      '@timestamp': AT,
      'kibana.alert.uuid': uuid,
      'kibana.alert.rule.name': 'Credential access',
      'kibana.alert.severity': 'high',
      'kibana.alert.workflow_status': 'closed',
      'kibana.alert.workflow_reason': word,
      'kibana.alert.workflow_user': closedBy,
    }),
  },
};

/** Puts the service's own tag on a record, where the vendor has tags. */
const WITH_OWN_TAG: Readonly<Record<string, (record: Record<string, unknown>) => Record<string, unknown>>> = {
  Sentinel: (record) => ({
    ...record,
    properties: { ...(record['properties'] as object), labels: [{ labelName: 'alertforest' }] },
  }),
  'Defender alerts': (record) => ({ ...record, customTags: ['alertforest'] }),
  'Defender incidents': (record) => ({ ...record, customTags: ['alertforest'] }),
  Elastic: (record) => ({ ...record, 'kibana.alert.workflow_tags': ['alertforest'] }),
};

/** Every word of the six vendors as an analyst's closing, and the first of each as a machine's. */
export function closedRecords(): ClosedRecord[] {
  return Object.entries(VENDORS).flatMap(([vendor, { words, record }]) => {
    const slug = vendor.replaceAll(' ', '-').toLowerCase();
    const byAnalyst = words.map(
      (one, i): ClosedRecord => [
        vendor,
        `${one.word}${one.detail ? `, ${one.detail}` : ''} is ${one.outcome}`,
        record(`${slug}-${i}`, one, ANALYST),
        one.outcome,
      ],
    );
    const first = words[0]!;
    const tagged = WITH_OWN_TAG[vendor]?.(record(`${slug}-tagged`, first, ANALYST));
    return [
      ...byAnalyst,
      ...(tagged === undefined
        ? []
        : [
            [
              vendor,
              `${first.word} by an analyst on a record that the service has tagged is ${first.outcome}`,
              tagged,
              first.outcome,
            ] satisfies ClosedRecord,
          ]),
      [
        vendor,
        `${first.word} by a playbook teaches nothing`,
        record(`${slug}-machine`, first, MACHINE),
        'automation',
      ] satisfies ClosedRecord,
    ];
  });
}
