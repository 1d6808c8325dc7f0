/**
 * The 14 enterprise tactics of MITRE ATT&CK in kill-chain order.
 *
 * @see https://attack.mitre.org/tactics/enterprise/
 */
export const TACTICS = [
  { id: 'TA0043', name: 'reconnaissance' },
  { id: 'TA0042', name: 'resource_development' },
  { id: 'TA0001', name: 'initial_access' },
  { id: 'TA0002', name: 'execution' },
  { id: 'TA0003', name: 'persistence' },
  { id: 'TA0004', name: 'privilege_escalation' },
  { id: 'TA0005', name: 'defense_evasion' },
  { id: 'TA0006', name: 'credential_access' },
  { id: 'TA0007', name: 'discovery' },
  { id: 'TA0008', name: 'lateral_movement' },
  { id: 'TA0009', name: 'collection' },
  { id: 'TA0011', name: 'command_and_control' },
  { id: 'TA0010', name: 'exfiltration' },
  { id: 'TA0040', name: 'impact' },
] as const;

export type TacticId = (typeof TACTICS)[number]['id'];

// Names as letters and digits only, so that DefenseEvasion, defense-evasion and "Defense Evasion" are one.
const BY_NAME = new Map<string, TacticId>(
  TACTICS.map((tactic) => [tactic.name.replaceAll('_', ''), tactic.id] as const),
);

// Vendor phrases, older names, and Falcon's own tactics where they say which stage was reached. Falcon's "Overwatch",
// "Custom Intelligence" and "Insecure Security Posture" name the sensor or the state, not a stage: they stay out.
const PHRASES: Readonly<Record<TacticId, readonly string[]>> = {
  TA0043: ['recon', 'preattack', 'probing', 'scanning', 'networkscan', 'portscan'],
  TA0042: ['weaponization'],
  TA0001: ['initialcompromise', 'delivery', 'intrusion', 'initialaccess(ics)', 'phishing'],
  TA0002: [
    'exploitation',
    'exploit',
    'malware',
    'machinelearning',
    'aipoweredioa',
    'suspiciousscriptexecution',
    'executionics',
  ],
  TA0003: ['persist', 'installation', 'establishfoothold'],
  TA0004: ['privesc', 'escalation', 'postexploit', 'privilegeescalationattempt', 'escalateprivileges'],
  TA0005: ['defenceevasion', 'evasion', 'stealth', 'impairdefenses', 'antiforensics'],
  TA0006: ['credentialtheft', 'credentialaccessattempt', 'credaccess', 'passwordattack', 'credentials'],
  TA0007: ['internalrecon', 'internalreconnaissance', 'discover'],
  TA0008: ['lateral', 'movelaterally'],
  TA0009: ['datacollection'],
  TA0011: [
    'commandcontrol',
    'c2',
    'cnc',
    'candc',
    'cc',
    'commandandcontrolactivity',
    'maliciouscommandandcontrol',
  ],
  TA0010: ['exfil', 'dataexfiltration', 'actionsonobjectivesexfiltration', 'datatheft', 'dataleak'],
  TA0040: [
    'ransomware',
    'actionsonobjectives',
    'impairprocesscontrol',
    'inhibitresponsefunction',
    'networkeffects',
    'remoteserviceeffects',
    'destruction',
  ],
};
for (const tactic of TACTICS) for (const phrase of PHRASES[tactic.id]) BY_NAME.set(phrase, tactic.id);

// Tactics of the industrial and mobile matrices, read as the enterprise tactic of the same name.
const OTHER_MATRICES: Readonly<Record<string, TacticId>> = {
  TA0108: 'TA0001',
  TA0104: 'TA0002',
  TA0110: 'TA0003',
  TA0111: 'TA0004',
  TA0103: 'TA0005',
  TA0102: 'TA0007',
  TA0109: 'TA0008',
  TA0100: 'TA0009',
  TA0101: 'TA0011',
  TA0107: 'TA0040',
  TA0106: 'TA0040',
  TA0105: 'TA0040',
  TA0112: 'TA0005',
  TA0027: 'TA0001',
  TA0041: 'TA0002',
  TA0028: 'TA0003',
  TA0029: 'TA0004',
  TA0030: 'TA0005',
  TA0031: 'TA0006',
  TA0032: 'TA0007',
  TA0033: 'TA0008',
  TA0035: 'TA0009',
  TA0037: 'TA0011',
  TA0036: 'TA0010',
  TA0034: 'TA0040',
  TA0038: 'TA0040',
  TA0039: 'TA0040',
};
const BY_ID = new Map<string, TacticId>([
  ...TACTICS.map((tactic) => [tactic.id, tactic.id] as const),
  ...Object.entries(OTHER_MATRICES),
]);

const TACTIC_ID = /\bTA\d{4}\b/i;
const TECHNIQUE_ID = /(?<![A-Za-z0-9])T\d{4}(?:\.\d{3})?(?![A-Za-z0-9])/gi;
// Asked again and again with the same few words; cleared when full so that payload text cannot grow it.
const recent = new Map<string, TacticId | ''>();
const RECENT_LIMIT = 512;

/** Tactic id of an id, a name, or a phrase of a vendor ("TA0007 - Discovery", "CredentialAccess"), else undefined. */
export function tacticIdOf(text: string): TacticId | undefined {
  if (text.length > 80) return undefined;
  const known = recent.get(text);
  if (known !== undefined) return known === '' ? undefined : known;
  const id = TACTIC_ID.exec(text);
  const tactic =
    (id ? BY_ID.get(id[0].toUpperCase()) : undefined) ??
    BY_NAME.get(
      text
        .toLowerCase()
        .replaceAll('&', 'and')
        .replace(/[^a-z0-9]/g, ''),
    );
  if (recent.size >= RECENT_LIMIT) recent.clear();
  recent.set(text, tactic ?? '');
  return tactic;
}

/** All technique ids in a text, upper case, in order, without repeats: "Phishing (T1566.001)" gives T1566.001. */
export function techniqueIdsIn(text: string): string[] {
  if (text.length < 5) return [];
  const found = clipForSearch(text).match(TECHNIQUE_ID);
  return found ? [...new Set(found.map((id) => id.toUpperCase()))] : [];
}

// Technique ids are looked for in short fields; a page of text is read only so far.
function clipForSearch(text: string): string {
  return text.length > 8192 ? text.slice(0, 8192) : text;
}
