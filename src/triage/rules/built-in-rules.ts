import type { RuleFacts } from './rule-facts.ts';

/** A rule over the facts of one alert. */
export interface BuiltInRule {
  readonly id: string;
  readonly title: string;
  /** In (-1, 1): how strongly the rule alone speaks for (or, negative, against) an attack. */
  readonly weight: number;
  readonly when: (facts: RuleFacts) => boolean;
}

const severity = (rank: number) => (facts: RuleFacts) => facts.severityRank === rank;
const vendorScore = (from: number, below: number) => (facts: RuleFacts) =>
  facts.vendorScore >= from && facts.vendorScore < below;
const tactic = (id: string) => (facts: RuleFacts) => facts.tactics.has(id);
const technique =
  (...ids: string[]) =>
  (facts: RuleFacts) =>
    ids.some((id) => facts.techniques.has(id));
const says = (pattern: RegExp) => (facts: RuleFacts) => pattern.test(facts.text);
const runs = (pattern: RegExp) => (facts: RuleFacts) =>
  pattern.test(facts.text) || facts.commandLines.some((line) => pattern.test(line));
const atLeast = (name: string, least: number) => (facts: RuleFacts) =>
  (facts.telemetry[name] ?? Number.NaN) >= least;

/** Severity as the vendor saw it: the base of the score. At most one of these matches. */
const severityRules: readonly BuiltInRule[] = [
  { id: 'severity-critical', title: 'The vendor calls it critical', weight: 0.7, when: severity(4) },
  { id: 'severity-high', title: 'The vendor calls it high', weight: 0.5, when: severity(3) },
  { id: 'severity-medium', title: 'The vendor calls it medium', weight: 0.28, when: severity(2) },
  { id: 'severity-low', title: 'The vendor calls it low', weight: 0.12, when: severity(1) },
  {
    id: 'severity-informational',
    title: 'The vendor calls it informational',
    weight: 0.03,
    when: severity(0),
  },
  { id: 'severity-unknown', title: 'The vendor gives no severity', weight: 0.15, when: severity(-1) },
];

/** The vendor's own number, 0-100. At most one of these matches. */
const vendorScoreRules: readonly BuiltInRule[] = [
  {
    id: 'vendor-score-90',
    title: 'Vendor score of 90 or more',
    weight: 0.45,
    when: vendorScore(90, Infinity),
  },
  { id: 'vendor-score-70', title: 'Vendor score of 70 to 90', weight: 0.3, when: vendorScore(70, 90) },
  { id: 'vendor-score-50', title: 'Vendor score of 50 to 70', weight: 0.15, when: vendorScore(50, 70) },
];

const tacticRules: readonly BuiltInRule[] = [
  {
    id: 'tactic-impact',
    title: 'Impact: data or service under attack',
    weight: 0.35,
    when: tactic('TA0040'),
  },
  { id: 'tactic-exfiltration', title: 'Exfiltration', weight: 0.32, when: tactic('TA0010') },
  { id: 'tactic-command-and-control', title: 'Command and control', weight: 0.28, when: tactic('TA0011') },
  { id: 'tactic-lateral-movement', title: 'Lateral movement', weight: 0.28, when: tactic('TA0008') },
  { id: 'tactic-credential-access', title: 'Credential access', weight: 0.24, when: tactic('TA0006') },
  { id: 'tactic-privilege-escalation', title: 'Privilege escalation', weight: 0.2, when: tactic('TA0004') },
  { id: 'tactic-persistence', title: 'Persistence', weight: 0.16, when: tactic('TA0003') },
  { id: 'tactic-defense-evasion', title: 'Defence evasion', weight: 0.16, when: tactic('TA0005') },
  { id: 'tactic-execution', title: 'Execution', weight: 0.14, when: tactic('TA0002') },
  { id: 'tactic-collection', title: 'Collection', weight: 0.12, when: tactic('TA0009') },
  { id: 'tactic-initial-access', title: 'Initial access', weight: 0.12, when: tactic('TA0001') },
  {
    id: 'kill-chain-spread',
    title: 'Three or more tactics in one alert',
    weight: 0.22,
    when: (facts) => facts.tactics.size >= 3,
  },
];

const techniqueRules: readonly BuiltInRule[] = [
  {
    id: 'technique-ransomware',
    title: 'Encryption for impact or recovery inhibited (T1486, T1490)',
    weight: 0.6,
    when: technique('T1486', 'T1490'),
  },
  {
    id: 'technique-credential-dumping',
    title: 'Credential dumping (T1003)',
    weight: 0.45,
    when: technique('T1003'),
  },
  {
    id: 'technique-kerberos',
    title: 'Kerberos tickets stolen or forged (T1558)',
    weight: 0.35,
    when: technique('T1558'),
  },
  {
    id: 'technique-disable-defences',
    title: 'Defences impaired or logs cleared (T1562, T1070)',
    weight: 0.3,
    when: technique('T1562', 'T1070'),
  },
  { id: 'technique-injection', title: 'Process injection (T1055)', weight: 0.28, when: technique('T1055') },
  {
    id: 'technique-public-exploit',
    title: 'Public-facing application exploited (T1190)',
    weight: 0.25,
    when: technique('T1190'),
  },
  {
    id: 'technique-remote-services',
    title: 'Remote services (T1021)',
    weight: 0.18,
    when: technique('T1021'),
  },
  { id: 'technique-valid-accounts', title: 'Valid accounts (T1078)', weight: 0.15, when: technique('T1078') },
  { id: 'technique-brute-force', title: 'Brute force (T1110)', weight: 0.12, when: technique('T1110') },
];

const contentRules: readonly BuiltInRule[] = [
  {
    id: 'says-ransomware',
    title: 'Named ransomware or mass encryption',
    weight: 0.5,
    when: says(/ransom|mass encryption|shadow cop(y|ies) delet/),
  },
  {
    id: 'says-credential-theft',
    title: 'Names a credential theft tool',
    weight: 0.45,
    when: runs(/mimikatz|lsass|procdump|sekurlsa|secretsdump|ntdsutil|dcsync/),
  },
  {
    id: 'says-c2-framework',
    title: 'Names an attack framework',
    weight: 0.42,
    when: runs(/cobalt ?strike|meterpreter|metasploit|empire|sliver|brute ?ratel|covenant/),
  },
  {
    id: 'says-webshell',
    title: 'Names a web shell',
    weight: 0.4,
    when: runs(/web ?shell|china ?chopper|antsword/),
  },
  {
    id: 'says-shadow-copy',
    title: 'Deletes backups or shadow copies',
    weight: 0.45,
    when: runs(/vssadmin(\.exe)?"? +delete|wbadmin(\.exe)?"? +delete|bcdedit.*recoveryenabled/),
  },
  {
    id: 'says-encoded-command',
    title: 'Encoded or hidden script',
    weight: 0.3,
    when: runs(/-e(nc|ncodedcommand)? +[a-z0-9+/=]{16}|frombase64string|-w(indowstyle)? +hidden|iex ?\(/),
  },
  {
    id: 'says-malware',
    title: 'Named malware',
    weight: 0.22,
    when: says(/malware|trojan|backdoor|rootkit|botnet|keylog/),
  },
  { id: 'says-phishing', title: 'Phishing', weight: 0.15, when: says(/phish|credential harvest/) },
  {
    id: 'says-compromise',
    title: 'Compromise or breach in so many words',
    weight: 0.25,
    when: says(/compromised|breach|exfiltrat|beacon/),
  },
];

const telemetryRules: readonly BuiltInRule[] = [
  {
    id: 'failed-logins-50',
    title: '50 or more failed logins',
    weight: 0.35,
    when: atLeast('failed_logins', 50),
  },
  {
    id: 'failed-logins-10',
    title: '10 to 49 failed logins',
    weight: 0.2,
    when: ({ telemetry }) =>
      (telemetry['failed_logins'] ?? 0) >= 10 && (telemetry['failed_logins'] ?? 0) < 50,
  },
  { id: 'port-scan', title: '100 or more distinct ports', weight: 0.25, when: atLeast('unique_ports', 100) },
  { id: 'bulk-upload', title: '100 MB or more sent', weight: 0.2, when: atLeast('bytes_sent', 100_000_000) },
  {
    id: 'upload-ratio',
    title: 'Far more sent than received',
    weight: 0.15,
    when: ({ telemetry }) =>
      (telemetry['bytes_sent'] ?? 0) >= 1_000_000 &&
      (telemetry['bytes_sent'] ?? 0) >= 50 * ((telemetry['bytes_recv'] ?? Number.NaN) + 1),
  },
  {
    id: 'sensor-triggered',
    title: 'The sensor itself raised an alarm',
    weight: 0.3,
    when: atLeast('alert_triggered', 1),
  },
];

const entityRules: readonly BuiltInRule[] = [
  { id: 'many-hosts', title: 'Five or more hosts', weight: 0.15, when: (facts) => facts.nHosts >= 5 },
  {
    id: 'named-attacker',
    title: 'The vendor names an attacker',
    weight: 0.06,
    when: (facts) => facts.hasAttacker,
  },
];

/** Rules that speak against an attack: they shrink what the others say, never below zero. */
const calmingRules: readonly BuiltInRule[] = [
  {
    id: 'says-test',
    title: 'Calls itself a test or sample',
    weight: -0.35,
    when: says(/\b(test alert|sample alert|eicar|simulat(ed|ion)|this is a test)\b/),
  },
  {
    id: 'says-policy',
    title: 'Policy or compliance notice',
    weight: -0.25,
    when: says(/\b(policy violation|compliance|not compliant|configuration change|audit event)\b/),
  },
  {
    id: 'says-update',
    title: 'Routine update or health message',
    weight: -0.3,
    when: says(
      /\b(database update|definitions? updated|health (check|status)|heartbeat|started successfully)\b/,
    ),
  },
  {
    id: 'says-blocked',
    title: 'Already blocked or removed by the control',
    weight: -0.12,
    when: says(/\b(blocked|prevented|quarantined|was remediated)\b/),
  },
];

export const BUILT_IN_RULES: readonly BuiltInRule[] = [
  ...severityRules,
  ...vendorScoreRules,
  ...tacticRules,
  ...techniqueRules,
  ...contentRules,
  ...telemetryRules,
  ...entityRules,
  ...calmingRules,
];
