import type { Alert } from '../../src/alert/alert.ts';
import { NEW_FORMAT_PAYLOADS } from './new-format-payloads.ts';

export interface OwnPayload {
  readonly dialect: string;
  readonly payload: unknown;
  /** Parts of the alert that must come out. */
  readonly alert: Partial<Alert>;
}

/** Small payloads of our own in the shape of formats that have no sample we may keep. */
const SMALL_PAYLOADS: readonly OwnPayload[] = [
  {
    dialect: 'wazuh_alert',
    payload: {
      timestamp: '2025-03-01T10:20:30.123+0100',
      rule: {
        level: 12,
        id: '5712',
        description: 'sshd: brute force trying to get access',
        groups: ['syslog', 'sshd'],
        firedtimes: 3,
        mitre: { id: ['T1110'], tactic: ['Credential Access'], technique: ['Brute Force'] },
      },
      agent: { id: '007', name: 'web-1', ip: '10.0.0.7' },
      manager: { name: 'wazuh-eu' },
      decoder: { name: 'sshd' },
      data: { srcip: '203.0.113.9', srcport: '50422', srcuser: 'root' },
      location: '/var/log/auth.log',
      id: '1740820830.4711',
    },
    alert: {
      id: '1740820830.4711',
      severity: 'high',
      occurred_at: '2025-03-01T09:20:30.123Z',
      rule_id: '5712',
      tenant: 'wazuh-eu',
      tactics: ['TA0006'],
      techniques: ['T1110'],
      entities: [
        { kind: 'host', value: 'web-1', role: 'impacted' },
        { kind: 'ip', value: '10.0.0.7', role: 'impacted' },
        { kind: 'ip', value: '203.0.113.9' },
        { kind: 'user', value: 'root' },
      ],
    },
  },
  {
    dialect: 'wazuh_finding',
    payload: {
      '@timestamp': '2026-02-03T04:05:06Z',
      event: { id: 'f-1', created: '2026-02-03T04:05:00Z', kind: 'event' },
      source: { ip: '198.51.100.4' },
      user: { name: '-' },
      wazuh: {
        agent: { host: { hostname: 'db-2', ip: ['10.1.1.2'] } },
        integration: { category: 'Security' },
        rule: {
          id: 'net-9',
          title: 'Port scan seen',
          level: 'high',
          mitre: { tactic: { id: ['TA0043'] }, technique: { id: ['T1595'] } },
        },
      },
    },
    alert: {
      id: 'f-1',
      title: 'Port scan seen',
      severity: 'high',
      tactics: ['TA0043'],
      techniques: ['T1595'],
      entities: [
        { kind: 'host', value: 'db-2', role: 'impacted' },
        { kind: 'ip', value: '10.1.1.2', role: 'impacted' },
        { kind: 'ip', value: '198.51.100.4' },
      ],
    },
  },
  {
    dialect: 'elastic_alert',
    payload: {
      _index: '.internal.alerts-security.alerts-default-000001',
      _id: 'doc-1',
      _source: {
        'kibana.alert.uuid': 'u-1',
        'kibana.alert.severity': 'critical',
        'kibana.alert.risk_score': 90,
        'kibana.alert.original_time': '2025-05-05T05:05:05.555Z',
        'kibana.alert.workflow_status': 'open',
        'kibana.alert.rule.severity': 'low',
        '@timestamp': '2025-05-05T05:06:00.000Z',
        kibana: {
          alert: {
            rule: {
              name: 'Attribute write on a service account',
              rule_id: 'r-1',
              threat: [
                {
                  tactic: { id: 'TA0004' },
                  technique: [{ id: 'T1098', subtechnique: [{ id: 'T1098.003' }] }],
                },
              ],
            },
          },
        },
        host: { name: 'DC02.corp.local' },
        'source.ip': '192.0.2.15',
        winlog: { event_data: { SubjectUserName: 'lowpriv', SubjectDomainName: 'CORP' } },
      },
    },
    alert: {
      id: 'u-1',
      severity: 'critical',
      vendor_score: 90,
      occurred_at: '2025-05-05T05:05:05.555Z',
      created_at: '2025-05-05T05:06:00.000Z',
      tactics: ['TA0004'],
      techniques: ['T1098', 'T1098.003'],
      entities: [
        { kind: 'host', value: 'dc02.corp.local', role: 'impacted' },
        { kind: 'ip', value: '192.0.2.15' },
        { kind: 'user', value: 'corp\\lowpriv' },
      ],
    },
  },
  {
    dialect: 'elastic_alert',
    payload: {
      _id: 'old-1',
      _index: '.siem-signals-default-000001',
      fields: {
        '@timestamp': ['2021-01-02T03:04:05.000Z'],
        'signal.rule.name': ['Unusual parent'],
        'signal.rule.severity': ['medium'],
        'signal.rule.risk_score': [47],
        'signal.status': ['open'],
        'host.name': ['old-host'],
      },
    },
    alert: {
      id: 'old-1',
      title: 'Unusual parent',
      severity: 'medium',
      vendor_score: 47,
      entities: [{ kind: 'host', value: 'old-host', role: 'impacted' }],
    },
  },
  {
    dialect: 'ecs_alert',
    payload: {
      '@timestamp': '2025-04-04T12:15:41.594Z',
      ecs: { version: '8.10' },
      agent: { type: 'endpoint' },
      event: { id: 'e-1', kind: 'alert', severity: 73, module: 'endpoint', category: ['malware'] },
      message: 'Malware Prevention Alert',
      host: { name: 'lap-1' },
      file: { path: '/tmp/x.bin', hash: { sha256: 'ab'.repeat(32) } },
    },
    alert: {
      id: 'e-1',
      title: 'Malware Prevention Alert',
      severity: 'high',
      category: 'malware',
      entities: [
        { kind: 'host', value: 'lap-1', role: 'impacted' },
        { kind: 'file', value: '/tmp/x.bin' },
        { kind: 'hash', value: 'ab'.repeat(32) },
      ],
    },
  },
  {
    dialect: 'splunk_notable',
    payload: {
      index: 'notable',
      _time: '2025-02-10T11:50:16.000+05:30',
      sourcetype: 'stash',
      source: 'Access - Many failures - Rule',
      _raw: '1739168412, search_name="Access - Many failures - Rule", src="203.0.113.7", user="anna", user="bert", severity="high", annotations.mitre_attack.mitre_technique_id="T1110", count="12", orig_time="1739168400.5"',
    },
    alert: {
      title: 'Access - Many failures - Rule',
      severity: 'high',
      occurred_at: '2025-02-10T06:20:00.500Z',
      created_at: '2025-02-10T06:20:16.000Z',
      techniques: ['T1110'],
      telemetry: { event_count: 12 },
      entities: [
        { kind: 'ip', value: '203.0.113.7' },
        { kind: 'user', value: 'anna' },
        { kind: 'user', value: 'bert' },
      ],
    },
  },
  {
    dialect: 'ocsf_finding',
    payload: {
      class_uid: 2004,
      category_uid: 2,
      severity_id: 4,
      time: 1723564700,
      status_id: 1,
      metadata: { product: { name: 'Sensor', vendor_name: 'Acme' }, tenant_uid: 't-9' },
      finding_info: {
        uid: 'fi-1',
        title: 'Beacon to a rare host',
        analytic: { uid: 'an-1', name: 'Rare host' },
        attacks: [{ tactic: { uid: 'TA0011' }, technique: { uid: 'T1071' } }],
      },
      evidences: [{ src_endpoint: { ip: '10.0.0.1' }, dst_endpoint: { hostname: 'c2.example.net' } }],
      observables: [{ type_id: 8, value: 'cd'.repeat(20) }],
    },
    alert: {
      id: 'fi-1',
      severity: 'high',
      occurred_at: '2024-08-13T15:58:20.000Z',
      source: 'sensor',
      vendor: 'Acme',
      tenant: 't-9',
      rule_id: 'an-1',
      tactics: ['TA0011'],
      techniques: ['T1071'],
      entities: [
        { kind: 'ip', value: '10.0.0.1' },
        { kind: 'host', value: 'c2.example.net' },
        { kind: 'hash', value: 'cd'.repeat(20) },
      ],
    },
  },
  {
    dialect: 'cef_event',
    payload:
      '<134>2025-06-01T01:02:03Z fw01 CEF:0|Acme|Wall|1.0|42|Blocked \\| worm|8|src=10.0.0.5 dst=203.0.113.80 suser=carla cs1Label=Attack technique cs1=T1210 request=http://203.0.113.80/a?b\\=c msg=it said k\\=v and more externalId=9001',
    alert: {
      id: '9001',
      title: 'Blocked | worm',
      severity: 'high',
      occurred_at: '2025-06-01T01:02:03.000Z',
      source: 'acme_wall',
      techniques: ['T1210'],
      entities: [
        { kind: 'ip', value: '10.0.0.5' },
        { kind: 'ip', value: '203.0.113.80' },
        { kind: 'user', value: 'carla' },
        { kind: 'url', value: 'http://203.0.113.80/a?b=c' },
      ],
    },
  },
  {
    dialect: 'defender_hunting',
    payload: {
      records: [
        {
          time: '2025-01-01T00:10:00Z',
          tenantId: 'tn',
          category: 'AdvancedHunting-AlertInfo',
          properties: {
            AlertId: 'da1',
            Timestamp: '2025-01-01T00:00:00.1234567Z',
            Title: 'Suspicious tool',
            Category: 'Execution',
            Severity: 'High',
            ServiceSource: 'Microsoft Defender for Endpoint',
            AttackTechniques: '["PowerShell (T1059.001)"]',
          },
        },
        {
          time: '2025-01-01T00:10:01Z',
          tenantId: 'tn',
          category: 'AdvancedHunting-AlertEvidence',
          properties: {
            AlertId: 'da1',
            Timestamp: '2025-01-01T00:00:00.1234567Z',
            EntityType: 'Machine',
            EvidenceRole: 'Impacted',
            DeviceName: 'pc-1.corp.local',
            ServiceSource: 'Microsoft Defender for Endpoint',
          },
        },
        {
          time: '2025-01-01T00:10:01Z',
          tenantId: 'tn',
          category: 'AdvancedHunting-AlertEvidence',
          properties: {
            AlertId: 'da1',
            EntityType: 'User',
            EvidenceRole: 'Related',
            AccountName: 'eve',
            AccountDomain: 'CORP',
            ServiceSource: 'Microsoft Defender for Endpoint',
          },
        },
      ],
    },
    alert: {
      id: 'da1',
      title: 'Suspicious tool',
      source: 'defender_for_endpoint',
      severity: 'high',
      occurred_at: '2025-01-01T00:00:00.123Z',
      tactics: ['TA0002'],
      techniques: ['T1059.001'],
      entities: [
        { kind: 'host', value: 'pc-1.corp.local', role: 'impacted' },
        { kind: 'user', value: 'corp\\eve', role: 'related' },
      ],
    },
  },
  {
    dialect: 'trend_vision_one',
    payload: {
      id: 'WB-1-20250101-00001',
      model: 'Credential dumping',
      modelId: 'm-1',
      severity: 'high',
      score: 64,
      createdDateTime: '2025-01-01T10:00:00Z',
      investigationStatus: 'New',
      impactScope: {
        entities: [
          { entityType: 'host', entityValue: { name: 'srv-9', ips: ['10.9.9.9'] } },
          { entityType: 'account', entityValue: 'corp\\dora' },
        ],
      },
      matchedRules: [
        { matchedFilters: [{ matchedDateTime: '2025-01-01T09:50:00Z', mitreTechniqueIds: ['T1003.001'] }] },
      ],
      indicators: [{ type: 'file_sha256', value: 'EF'.repeat(32) }],
    },
    alert: {
      severity: 'high',
      vendor_score: 64,
      occurred_at: '2025-01-01T09:50:00.000Z',
      created_at: '2025-01-01T10:00:00.000Z',
      techniques: ['T1003.001'],
      entities: [
        { kind: 'host', value: 'srv-9', role: 'impacted' },
        { kind: 'ip', value: '10.9.9.9', role: 'impacted' },
        { kind: 'user', value: 'corp\\dora', role: 'impacted' },
        { kind: 'hash', value: 'ef'.repeat(32) },
      ],
    },
  },
  {
    dialect: 'sophos',
    payload: {
      id: 's-1',
      type: 'Event::Endpoint::Threat::Detected',
      severity: 'medium',
      name: 'Malware detected',
      customer_id: 'c-1',
      endpoint_id: 'e-1',
      end: '2025-03-03T03:03:03.003Z',
      rt: '2025-03-03T03:03:04.000Z',
      dhost: 'LAPTOP-3',
      suser: 'CORP\\fay',
      source_info: { ip: '10.3.3.3' },
    },
    alert: {
      severity: 'medium',
      tenant: 'c-1',
      occurred_at: '2025-03-03T03:03:03.003Z',
      entities: [
        { kind: 'host', value: 'laptop-3', role: 'impacted' },
        { kind: 'user', value: 'corp\\fay' },
        { kind: 'ip', value: '10.3.3.3' },
      ],
    },
  },
  {
    dialect: 'okta_event',
    payload: {
      uuid: 'o-1',
      eventType: 'security.threat.detected',
      published: '2025-08-13T15:58:20.353Z',
      severity: 'WARN',
      displayMessage: 'Request from suspicious actor',
      actor: { type: 'User', alternateId: 'gus@example.com' },
      client: { ipAddress: '198.51.100.77' },
      outcome: { result: 'DENY' },
    },
    alert: {
      severity: 'medium',
      rule_id: 'security.threat.detected',
      entities: [
        { kind: 'user', value: 'gus@example.com' },
        { kind: 'ip', value: '198.51.100.77' },
      ],
    },
  },
  {
    dialect: 'entra_risk',
    payload: {
      category: 'UserRiskEvents',
      tenantId: 'tn-2',
      time: '3/24/2025 2:42:35 PM',
      properties: {
        id: 'r-1',
        riskEventType: 'unfamiliarFeatures',
        riskLevel: 'high',
        riskState: 'atRisk',
        activityDateTime: '2025-03-24T5:32:08.107Z',
        userPrincipalName: 'hal@example.com',
        ipAddress: '203.0.113.44',
      },
    },
    alert: {
      title: 'Risk detection: unfamiliar features',
      severity: 'high',
      occurred_at: '2025-03-24T05:32:08.107Z',
      entities: [
        { kind: 'user', value: 'hal@example.com', role: 'victim' },
        { kind: 'ip', value: '203.0.113.44' },
      ],
    },
  },
  {
    dialect: 'office_alert',
    payload: {
      Id: 'x',
      RecordType: 64,
      Workload: 'AirInvestigation',
      CreationTime: '2025-02-04T09:00:00',
      OrganizationId: 'org-1',
      InvestigationId: 'urn:1',
      InvestigationType: 'ZappedUrlInvestigation',
      Status: 'Pending Action',
      Data: '{"AlertDisplayName":"A bad link was clicked","Severity":"High","Intent":"Probing","StartTimeUtc":"2025-02-04T08:28:33.4390000Z","Entities":[{"$id":"1","Url":"http://bad.example.com/x","Type":"url"},{"$ref":"1"}]}',
    },
    alert: {
      id: 'urn:1',
      title: 'A bad link was clicked',
      severity: 'high',
      tactics: ['TA0043'],
      occurred_at: '2025-02-04T08:28:33.439Z',
      entities: [{ kind: 'url', value: 'http://bad.example.com/x' }],
    },
  },
  {
    dialect: 'falco',
    payload: {
      rule: 'Terminal shell in container',
      priority: 'Notice',
      time: '2025-01-03T15:11:39.558068644Z',
      output: 'A shell was spawned',
      output_fields: { 'user.name': 'root', 'proc.cmdline': 'bash -i', 'container.name': 'container.name' },
      hostname: 'node-4',
      tags: ['mitre_execution', 'T1059'],
    },
    alert: {
      severity: 'low',
      tactics: ['TA0002'],
      techniques: ['T1059'],
      occurred_at: '2025-01-03T15:11:39.558Z',
      entities: [
        { kind: 'host', value: 'node-4', role: 'impacted' },
        { kind: 'user', value: 'root' },
        { kind: 'process', value: 'bash -i' },
      ],
    },
  },
  {
    dialect: 'sentinel_alert',
    payload: {
      body: {
        SystemAlertId: 'p-1',
        AlertDisplayName: 'Many files deleted',
        ProductName: 'Azure Sentinel',
        VendorName: 'Microsoft',
        WorkspaceId: 'ws-1',
        Severity: 'High',
        AlertType: '00000000-1111-2222-3333-444444444444_aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
        StartTimeUtc: '2025-07-01T00:00:00Z',
        TimeGenerated: '2025-07-01T00:05:00Z',
        Tactics: '["Impact","LateralMovement"]',
        Techniques: '["T1485"]',
        Entities: [
          { $id: '2', HostName: 'fs1', DnsDomain: 'corp.local', Type: 'host' },
          { $id: '3', Name: 'ivy', UPNSuffix: 'example.com', Host: { $ref: '2' }, Type: 'account' },
          { $id: '4', Algorithm: 'SHA1', Value: 'AB'.repeat(20), Type: 'filehash' },
        ],
      },
    },
    alert: {
      id: 'p-1',
      rule_id: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      source: 'microsoft_sentinel',
      tenant: 'ws-1',
      severity: 'high',
      tactics: ['TA0040', 'TA0008'],
      techniques: ['T1485'],
      entities: [
        { kind: 'host', value: 'fs1.corp.local' },
        { kind: 'user', value: 'ivy@example.com' },
        { kind: 'hash', value: 'ab'.repeat(20) },
      ],
    },
  },
  {
    dialect: 'suricata_eve',
    payload: {
      '@timestamp': '2025-01-01T00:00:01Z',
      agent: { type: 'filebeat' },
      message:
        '{"timestamp":"2025-01-01T01:00:00.5+0100","flow_id":77,"event_type":"alert","src_ip":"198.51.100.8","dest_ip":"10.2.2.2","alert":{"signature_id":5,"signature":"ET TEST","category":"Misc","severity":1,"target":{"ip":"10.2.2.2"},"source":{"ip":"198.51.100.8"},"metadata":{"mitre_tactic_id":["TA0001"],"mitre_technique_id":["T1190"]}}}',
    },
    alert: {
      severity: 'high',
      occurred_at: '2025-01-01T00:00:00.500Z',
      tactics: ['TA0001'],
      techniques: ['T1190'],
      entities: [
        { kind: 'ip', value: '198.51.100.8', role: 'attacker' },
        { kind: 'ip', value: '10.2.2.2', role: 'victim' },
      ],
    },
  },
];

/** All of them, the newest formats last. */
export const OWN_PAYLOADS: readonly OwnPayload[] = [...SMALL_PAYLOADS, ...NEW_FORMAT_PAYLOADS];
