import { describe, expect, it } from 'vitest';
import { normalizeAlert } from '../../../src/intake/normalize.ts';
import { FieldPlan, projectAlert } from '../../../src/triage/rules/fields/project-alert.ts';

const IMAGE = String.raw`C:\Windows\System32\cmd.exe`;
const PARENT = String.raw`C:\Windows\System32\wbem\WmiPrvSE.exe`;
const LINE = 'cmd.exe /c whoami';
const FOLDER = String.raw`C:\Windows\System32`;
const PARENT_FOLDER = String.raw`C:\Windows\System32\wbem`;
const AT = '2026-03-02T10:00:00Z';

/** The same process as ten products tell it. */
const TOLD: Readonly<Record<string, unknown>> = {
  'Wazuh, Sysmon': {
    id: '1.1',
    timestamp: AT,
    rule: { level: 5, id: '92000', description: 'Process' },
    agent: { id: '1', name: 'h' },
    manager: { name: 'm' },
    decoder: { name: 'windows_eventchannel' },
    data: {
      win: {
        system: { eventID: '1', channel: 'Microsoft-Windows-Sysmon/Operational' },
        eventdata: {
          image: IMAGE.replaceAll('\\', '\\\\'),
          commandLine: LINE,
          parentImage: PARENT.replaceAll('\\', '\\\\'),
        },
      },
    },
  },
  'Wazuh, event 4688': {
    id: '1.1',
    timestamp: AT,
    rule: { level: 5, id: '67027', description: 'Process' },
    agent: { id: '1', name: 'h' },
    manager: { name: 'm' },
    decoder: { name: 'windows_eventchannel' },
    data: {
      win: {
        system: { eventID: '4688', channel: 'Security' },
        eventdata: { newProcessName: IMAGE, commandLine: LINE, parentProcessName: PARENT },
      },
    },
  },
  'Elastic, dotted and nested': {
    '@timestamp': AT,
    'kibana.alert.uuid': 'u',
    'kibana.alert.rule.name': 'Process',
    'process.executable': IMAGE,
    process: { command_line: LINE, parent: { executable: PARENT } },
  },
  'Defender, Graph': {
    '@odata.type': '#microsoft.graph.security.alert',
    id: 'd',
    title: 'Process',
    serviceSource: 'microsoftDefenderForEndpoint',
    createdDateTime: AT,
    evidence: [
      {
        '@odata.type': '#microsoft.graph.security.processEvidence',
        processCommandLine: LINE,
        imageFile: { fileName: 'cmd.exe', filePath: FOLDER },
        parentProcessImageFile: { fileName: 'WmiPrvSE.exe', filePath: PARENT_FOLDER },
      },
    ],
  },
  'Sentinel, by reference': {
    SystemAlertId: 's',
    AlertName: 'Process',
    TimeGenerated: AT,
    Entities: JSON.stringify([
      { $id: '1', Type: 'file', Directory: FOLDER, Name: 'cmd.exe' },
      { $id: '2', Type: 'file', Directory: PARENT_FOLDER, Name: 'WmiPrvSE.exe' },
      {
        $id: '3',
        Type: 'process',
        CommandLine: LINE,
        ImageFile: { $ref: '1' },
        ParentProcess: { $ref: '4' },
      },
      { $id: '4', Type: 'process', ImageFile: { $ref: '2' } },
    ]),
  },
  CrowdStrike: {
    metadata: { eventType: 'EppDetectionSummaryEvent', eventCreationTime: 1_772_445_600_000 },
    event: {
      CompositeId: 'c',
      Name: 'Process',
      CommandLine: LINE,
      FileName: 'cmd.exe',
      FilePath: String.raw`\Device\HarddiskVolume1\Windows\System32`,
      ParentImageFileName: PARENT,
    },
  },
  SentinelOne: {
    alertInfo: { alertId: 'a', createdAt: AT },
    ruleInfo: { name: 'Process', severity: 'Medium' },
    agentRealtimeInfo: { agentOsName: 'Windows 11' },
    agentDetectionInfo: { name: 'h' },
    sourceProcessInfo: { filePath: IMAGE, commandline: LINE },
    sourceParentProcessInfo: { filePath: PARENT },
  },
  'Cortex XDR': {
    external_id: 'x',
    name: 'Process',
    severity: 'medium',
    detection_timestamp: 1_772_445_600_000,
    agent_os_type: 'Windows',
    actor_process_image_name: 'cmd.exe',
    actor_process_image_path: IMAGE,
    actor_process_command_line: LINE,
    causality_actor_process_image_path: PARENT,
  },
  OCSF: {
    class_uid: 2004,
    category_uid: 2,
    time: 1_772_445_600_000,
    finding_info: { uid: 'o', title: 'Process' },
    evidences: [
      { process: { cmd_line: LINE, file: { path: IMAGE }, parent_process: { file: { path: PARENT } } } },
    ],
  },
  Splunk: {
    event_id: 's@@notable@@1',
    search_name: 'Process',
    _time: AT,
    process: LINE,
    process_path: IMAGE,
    parent_process_path: PARENT,
  },
};

const project = (payload: unknown) => {
  const { alert, opened } = normalizeAlert(payload);
  return projectAlert(alert, opened);
};
const whole = (payload: unknown) => project(payload)[0]!.event;

describe('an alert as Sigma events', () => {
  it.each(Object.entries(TOLD))('gives the process under the names of the taxonomy: %s', (_, payload) => {
    const process = project(payload).find(({ logsource }) => logsource.category === 'process_creation');
    expect(process?.logsource.product).toBe('windows');
    expect(process?.event).toMatchObject({ Image: IMAGE, CommandLine: LINE, ParentImage: PARENT });
  });

  it('gives the same to the alert itself, whoever told it', () => {
    for (const payload of Object.values(TOLD)) {
      expect(whole(payload)['entity.command_line']).toContain(LINE);
      expect(whole(payload)['entity.process']).toContain(IMAGE);
      expect(whole(payload)['entity.parent']).toContain(PARENT);
    }
  });

  it('reads the record inside its envelope', () => {
    const [, payload] = Object.entries(TOLD)[0]!;
    expect(
      whole({ _index: 'wazuh-alerts-4.x', _id: 'i', _source: payload })['entity.command_line'],
    ).toContain(LINE);
  });

  it('puts a bare name into every usual place, so that no place looks wrong', () => {
    const payload = {
      id: 'a',
      title: 'Process',
      command_line: 'svchost.exe -k netsvcs',
      process_name: 'svchost.exe',
    };
    const images = project(payload)[1]!.event['Image'] as string[];
    expect(images).toContain(String.raw`C:\Windows\System32\svchost.exe`);
    expect(images.every((image) => image.endsWith(String.raw`\svchost.exe`))).toBe(true);
  });

  it('tells Linux and macOS by the path', () => {
    const product = (image: string) =>
      project({ id: 'a', title: 'Process', process_path: image, command_line: image })[1]!.logsource.product;
    expect([product('/usr/bin/curl'), product('/Applications/A.app/a'), product(IMAGE)]).toEqual([
      'linux',
      'macos',
      'windows',
    ]);
  });

  it('hands out what the stages before found', () => {
    const { alert } = normalizeAlert({ id: 'a', title: 't' });
    const [event] = projectAlert(alert, {}, { facts: { 'intel.hits': 2, 'behavior.own': 0.4 } });
    expect(event!.event).toMatchObject({ 'intel.hits': 2, 'behavior.own': 0.4 });
  });

  it('computes nothing but what is asked', () => {
    const payload = { id: 'a', title: 't', command_line: LINE, host: { name: 'h' } };
    const asked = new FieldPlan({
      fields: new Set(['alert.title', 'host.name', 'alert.tactics', 'missing.field']),
      keywords: false,
    });
    const [event] = projectAlert(normalizeAlert(payload).alert, payload, { asked });
    expect(event!.event).toEqual({ 'alert.title': 't', 'host.name': 'h' });
  });

  it('withholds verdicts and workflow from fields, paths and keywords', () => {
    const payload = {
      '@odata.type': '#microsoft.graph.security.alert',
      id: 'd',
      title: 'Something',
      createdDateTime: AT,
      classification: 'truePositive-secret',
      determination: 'malware-secret',
      comments: [{ comment: 'closed-secret' }],
      evidence: [{ remediationStatus: 'secret', verdict: 'secret', deviceDnsName: 'host-1' }],
    };
    const names = [
      'classification',
      'determination',
      'comments.comment',
      'evidence.verdict',
      'evidence.deviceDnsName',
    ];
    const asked = new FieldPlan({ fields: new Set(names), keywords: true });
    const [event] = projectAlert(normalizeAlert(payload).alert, payload, { asked });
    expect(Object.keys(event!.event)).toEqual(['evidence.deviceDnsName', 'payload texts']);
    expect(JSON.stringify(event)).not.toContain('secret');
    expect(JSON.stringify(project(payload))).not.toContain('secret');
  });
});
