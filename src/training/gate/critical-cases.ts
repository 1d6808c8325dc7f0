import { type Alert, alertSchema } from '../../alert/alert.ts';
import type { CriticalCase } from '../trainer.ts';

type ShippedEntity = readonly [
  kind: Alert['entities'][number]['kind'],
  value: string,
  role: 'attacker' | 'victim' | 'impacted',
];

interface ShippedCase {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly vendor: string;
  readonly vendorScore: number;
  readonly category: string;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly entities: readonly ShippedEntity[];
  readonly telemetry: Readonly<Record<string, number>>;
}

const DEFENDER = { source: 'defender_xdr', vendor: 'Microsoft' } as const;
const SENTINEL = { source: 'microsoft_sentinel', vendor: 'Microsoft' } as const;
const FALCON = { source: 'crowdstrike_falcon', vendor: 'CrowdStrike' } as const;
const WAZUH = { source: 'wazuh', vendor: 'Wazuh' } as const;
const SURICATA = { source: 'suricata', vendor: 'OISF' } as const;
const SPLUNK = { source: 'splunk_es', vendor: 'Splunk' } as const;

/**
 * Undisputed attacks, over six products. All happen at night, at critical severity, at a tenant
 * and under a rule that no deployment has, so that a model has to see them in the alert itself. Addresses and names
 * are of the documentation ranges.
 */
const SHIPPED: readonly ShippedCase[] = [
  {
    id: 'lsass-dump',
    title: 'Credential dumping from LSASS memory with Mimikatz',
    ...DEFENDER,
    vendorScore: 97,
    category: 'CredentialAccess',
    tactics: ['TA0006', 'TA0002'],
    techniques: ['T1003.001', 'T1059.001'],
    entities: [
      ['host', 'dc-01', 'impacted'],
      ['user', 'admin.backup', 'victim'],
      ['process', 'mimikatz.exe', 'attacker'],
      ['hash', '61c0810a23580cf492a6ba4f7654566108331e7a4134c968c2d6a05261b2d8a1', 'attacker'],
    ],
    telemetry: { event_count: 46 },
  },
  {
    id: 'ransomware-shares',
    title: 'Ransomware behaviour detected in the file system: shadow copies deleted and files encrypted',
    ...DEFENDER,
    vendorScore: 99,
    category: 'Ransomware',
    tactics: ['TA0040', 'TA0005'],
    techniques: ['T1486', 'T1490'],
    entities: [
      ['host', 'fs-07', 'impacted'],
      ['user', 'svc-backup', 'victim'],
      ['file', 'C:\\Users\\Public\\locker.exe', 'attacker'],
      ['hash', 'a8b2f1a7f0d1e2c3b4a5968778695a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f', 'attacker'],
    ],
    telemetry: { event_count: 380 },
  },
  {
    id: 'dcsync',
    title: 'DCSync: directory replication requested by a workstation',
    ...DEFENDER,
    vendorScore: 95,
    category: 'CredentialAccess',
    tactics: ['TA0006', 'TA0008'],
    techniques: ['T1003.006'],
    entities: [
      ['host', 'wks-113', 'attacker'],
      ['host', 'dc-02', 'victim'],
      ['user', 'j.doe', 'impacted'],
      ['process', 'rundll32.exe', 'attacker'],
    ],
    telemetry: { event_count: 52 },
  },
  {
    id: 'golden-ticket',
    title: 'Forged Kerberos ticket used for a domain administrator',
    ...DEFENDER,
    vendorScore: 96,
    category: 'CredentialAccess',
    tactics: ['TA0006', 'TA0008', 'TA0004'],
    techniques: ['T1558.001'],
    entities: [
      ['host', 'wks-044', 'attacker'],
      ['user', 'Administrator', 'victim'],
      ['host', 'dc-01', 'impacted'],
      ['process', 'rubeus.exe', 'attacker'],
    ],
    telemetry: { event_count: 31 },
  },
  {
    id: 'webshell-iis',
    title: 'Web shell spawned a command shell on an internet-facing server',
    ...DEFENDER,
    vendorScore: 94,
    category: 'Execution',
    tactics: ['TA0001', 'TA0002', 'TA0003'],
    techniques: ['T1190', 'T1505.003', 'T1059.003'],
    entities: [
      ['host', 'web-02', 'impacted'],
      ['process', 'w3wp.exe', 'attacker'],
      ['file', 'C:\\inetpub\\wwwroot\\shell.aspx', 'attacker'],
      ['ip', '203.0.113.77', 'attacker'],
    ],
    telemetry: { event_count: 64 },
  },
  {
    id: 'cobalt-strike',
    title: 'Known malware family executed: Cobalt Strike beacon in memory',
    ...FALCON,
    vendorScore: 98,
    category: 'Malware',
    tactics: ['TA0002', 'TA0005', 'TA0011'],
    techniques: ['T1055', 'T1071.001', 'T1027'],
    entities: [
      ['host', 'wks-201', 'impacted'],
      ['user', 'm.keller', 'victim'],
      ['process', 'beacon.exe', 'attacker'],
      ['hash', '0f343b0931126a20f133d67c2b018a3b5a1d7b5f1a2c3d4e5f60718293a4b5c6', 'attacker'],
    ],
    telemetry: { event_count: 73 },
  },
  {
    id: 'emotet-loader',
    title: 'Known malware family executed: Emotet loader',
    ...FALCON,
    vendorScore: 97,
    category: 'Malware',
    tactics: ['TA0002', 'TA0005'],
    techniques: ['T1204.002', 'T1027'],
    entities: [
      ['host', 'wks-318', 'impacted'],
      ['user', 'a.santos', 'victim'],
      ['process', 'emotet.exe', 'attacker'],
      ['hash', 'ae6cdc2be9207880528e784fc54501ed5b2f8e1d0c9ba87f6e5d4c3b2a190807', 'attacker'],
    ],
    telemetry: { event_count: 58 },
  },
  {
    id: 'edr-killed',
    title: 'Security tool tampering: sensor stopped by a vulnerable driver',
    ...FALCON,
    vendorScore: 95,
    category: 'Defense Evasion',
    tactics: ['TA0005', 'TA0004'],
    techniques: ['T1562.001', 'T1068'],
    entities: [
      ['host', 'srv-12', 'impacted'],
      ['user', 'SYSTEM', 'attacker'],
      ['process', 'killer.sys', 'attacker'],
    ],
    telemetry: { event_count: 44 },
  },
  {
    id: 'psexec-spread',
    title: 'Hands-on-keyboard: lateral movement by remote service to twelve hosts',
    ...FALCON,
    vendorScore: 96,
    category: 'Lateral Movement',
    tactics: ['TA0008', 'TA0002', 'TA0040'],
    techniques: ['T1021.002', 'T1569.002'],
    entities: [
      ['host', 'jump-01', 'attacker'],
      ['host', 'srv-20', 'victim'],
      ['host', 'srv-21', 'victim'],
      ['user', 'adm.ops', 'impacted'],
      ['process', 'psexesvc.exe', 'attacker'],
    ],
    telemetry: { event_count: 120 },
  },
  {
    id: 'cloud-brute-success',
    title: 'Brute force against a cloud account that succeeded, then new credentials added',
    ...SENTINEL,
    vendorScore: 95,
    category: 'CredentialAccess',
    tactics: ['TA0006', 'TA0001', 'TA0003'],
    techniques: ['T1110.003', 'T1098.001'],
    entities: [
      ['user', 'global.admin@example.com', 'victim'],
      ['ip', '198.51.100.23', 'attacker'],
      ['ip', '203.0.113.9', 'attacker'],
    ],
    telemetry: { failed_logins: 2400, status_code: 200, duration_ms: 900_000, event_count: 2401 },
  },
  {
    id: 'mass-exfil',
    title: 'Mass download from storage account to an address never seen',
    ...SENTINEL,
    vendorScore: 94,
    category: 'Exfiltration',
    tactics: ['TA0010', 'TA0009'],
    techniques: ['T1530', 'T1567.002'],
    entities: [
      ['user', 'contractor7@example.com', 'attacker'],
      ['cloud_resource', '/subscriptions/0/storageAccounts/payroll', 'victim'],
      ['ip', '203.0.113.140', 'attacker'],
    ],
    telemetry: {
      bytes_sent: 98_000_000_000,
      bytes_recv: 120_000,
      duration_ms: 5_400_000,
      packets_sent: 70_000_000,
    },
  },
  {
    id: 'oauth-takeover',
    title: 'Mailbox taken over: malicious consent, hidden rule and wire-fraud mail',
    ...SENTINEL,
    vendorScore: 93,
    category: 'Collection',
    tactics: ['TA0009', 'TA0010', 'TA0003'],
    techniques: ['T1114.003', 'T1528'],
    entities: [
      ['user', 'cfo@example.com', 'victim'],
      ['email', 'invoice@evil.example', 'attacker'],
      ['ip', '198.51.100.88', 'attacker'],
      ['url', 'https://login.evil.example/consent', 'attacker'],
    ],
    telemetry: { event_count: 35 },
  },
  {
    id: 'backup-deletion',
    title: 'Backup vaults deleted and recovery keys purged',
    ...SENTINEL,
    vendorScore: 96,
    category: 'Impact',
    tactics: ['TA0040', 'TA0005'],
    techniques: ['T1485', 'T1490'],
    entities: [
      ['user', 'svc-vault@example.com', 'attacker'],
      ['cloud_resource', '/subscriptions/0/vaults/prod-backup', 'victim'],
      ['ip', '203.0.113.201', 'attacker'],
    ],
    telemetry: { event_count: 210 },
  },
  {
    id: 'ssh-brute-root',
    title: 'sshd: brute force followed by a root login from the same address',
    ...WAZUH,
    vendorScore: 95,
    category: 'authentication_failures',
    tactics: ['TA0006', 'TA0008', 'TA0001'],
    techniques: ['T1110', 'T1078.003'],
    entities: [
      ['host', 'bastion-1', 'victim'],
      ['ip', '203.0.113.55', 'attacker'],
      ['user', 'root', 'impacted'],
    ],
    telemetry: { failed_logins: 5200, status_code: 200, duration_ms: 3_600_000, event_count: 5201 },
  },
  {
    id: 'rootkit',
    title: 'Rootkit found: kernel module hides processes and sockets',
    ...WAZUH,
    vendorScore: 97,
    category: 'rootcheck',
    tactics: ['TA0005', 'TA0003'],
    techniques: ['T1014', 'T1547.006'],
    entities: [
      ['host', 'db-03', 'impacted'],
      ['file', '/lib/modules/hide.ko', 'attacker'],
      ['hash', 'c1d2e3f405162738495a6b7c8d9e0fa1b2c3d4e5f60718293a4b5c6d7e8f9012', 'attacker'],
      ['process', 'kworker-x', 'attacker'],
    ],
    telemetry: { event_count: 41 },
  },
  {
    id: 'dropper-run',
    title: 'Executable file dropped in folder commonly used by malware and run as SYSTEM',
    ...WAZUH,
    vendorScore: 94,
    category: 'sysmon',
    tactics: ['TA0002', 'TA0011', 'TA0003'],
    techniques: ['T1105', 'T1543.003'],
    entities: [
      ['host', 'wks-077', 'impacted'],
      ['user', 'SYSTEM', 'victim'],
      ['process', 'svch0st.exe', 'attacker'],
      ['file', 'C:\\Users\\Public\\svch0st.exe', 'attacker'],
    ],
    telemetry: { event_count: 66 },
  },
  {
    id: 'c2-beacon',
    title: 'ET MALWARE command and control beacon of a known implant',
    ...SURICATA,
    vendorScore: 96,
    category: 'A Network Trojan was detected',
    tactics: ['TA0011', 'TA0010'],
    techniques: ['T1071.001', 'T1041'],
    entities: [
      ['ip', '10.20.4.17', 'impacted'],
      ['ip', '198.51.100.200', 'attacker'],
      ['domain', 'cdn.update-check.example', 'attacker'],
    ],
    telemetry: { bytes_sent: 840_000_000, bytes_recv: 90000, duration_ms: 7_200_000, packets_sent: 900_000 },
  },
  {
    id: 'log4shell',
    title: 'ET EXPLOIT remote code execution answered by the server, reverse shell follows',
    ...SURICATA,
    vendorScore: 95,
    category: 'Attempted Administrator Privilege Gain',
    tactics: ['TA0001', 'TA0002', 'TA0011'],
    techniques: ['T1190', 'T1059.004'],
    entities: [
      ['ip', '203.0.113.31', 'attacker'],
      ['ip', '10.20.9.5', 'victim'],
      ['url', 'http://10.20.9.5/api?x=jndi:ldap://203.0.113.31/a', 'attacker'],
    ],
    telemetry: {
      bytes_sent: 45_000_000,
      bytes_recv: 30000,
      duration_ms: 620_000,
      packets_sent: 61000,
      status_code: 200,
      payload_size: 4200,
    },
  },
  {
    id: 'domain-admin-added',
    title: 'Account added to a privileged group by a compromised administrator',
    ...SPLUNK,
    vendorScore: 95,
    category: 'notable',
    tactics: ['TA0003', 'TA0004', 'TA0008'],
    techniques: ['T1098.007', 'T1078.002'],
    entities: [
      ['user', 'evil.temp', 'attacker'],
      ['user', 'adm.it', 'impacted'],
      ['host', 'dc-01', 'victim'],
      ['process', 'net.exe', 'attacker'],
    ],
    telemetry: { event_count: 57 },
  },
  {
    id: 'dns-tunnel-exfil',
    title: 'Data exfiltration over a DNS tunnel to a known-bad domain',
    ...SPLUNK,
    vendorScore: 94,
    category: 'notable',
    tactics: ['TA0010', 'TA0011'],
    techniques: ['T1048.003', 'T1071.004'],
    entities: [
      ['host', 'lap-55', 'impacted'],
      ['ip', '198.51.100.53', 'attacker'],
      ['domain', 'x1.tunnel.evil.example', 'attacker'],
      ['process', 'iodine.exe', 'attacker'],
    ],
    telemetry: {
      bytes_sent: 2_300_000_000,
      bytes_recv: 350_000,
      duration_ms: 10_800_000,
      packets_sent: 5_100_000,
    },
  },
];

/** The cases every release is held against, whatever the operator adds. */
export const CRITICAL_CASES: readonly CriticalCase[] = SHIPPED.map((shipped) => ({
  id: shipped.id,
  alert: alertSchema.parse({
    id: `critical-${shipped.id}`,
    title: shipped.title,
    rule_id: `critical-${shipped.id}`,
    rule_name: shipped.title,
    source: shipped.source,
    vendor: shipped.vendor,
    tenant: 'critical-cases',
    severity: 'critical',
    vendor_score: shipped.vendorScore,
    occurred_at: '2026-01-10T02:30:00.000Z',
    category: shipped.category,
    tactics: [...shipped.tactics],
    techniques: [...shipped.techniques],
    entities: shipped.entities.map(([kind, value, role]) => ({ kind, value, role })),
    telemetry: { ...shipped.telemetry },
  }),
}));
