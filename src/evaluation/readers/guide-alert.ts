import type { Alert, Disposition, Entity, EntityKind } from '../../alert/alert.ts';
import { tacticIdOf } from '../../alert/attack-tactics.ts';
import { type Misfit, shown } from '../../logs/skip-counts.ts';

/** One evidence row of GUIDE: column name -> text as written; a cell without text has none. */
export type GuideRow = Readonly<Record<string, string | undefined>>;

export const GUIDE_GRADES: Readonly<Record<string, Disposition>> = {
  TruePositive: 'true_positive',
  FalsePositive: 'false_positive',
  BenignPositive: 'benign',
};

const IDENTITY = ['OrgId', 'IncidentId', 'AlertId'] as const;

/** What keeps a row from being evidence of a judged alert: an empty id, no known grade, no time. */
export function guideMisfit(row: GuideRow): Misfit | undefined {
  for (const column of IDENTITY) {
    if (row[column] === undefined) return { column, expected: 'an id', got: 'nothing' };
  }
  const grade = row['IncidentGrade'];
  if (grade === undefined || !Object.hasOwn(GUIDE_GRADES, grade)) {
    const expected = `one of ${Object.keys(GUIDE_GRADES).join(', ')}`;
    return { column: 'IncidentGrade', expected, got: shown(grade) };
  }
  const timestamp = row['Timestamp'];
  if (timestamp !== undefined) {
    const isTime = !Number.isNaN(Date.parse(timestamp));
    return isTime ? undefined : { column: 'Timestamp', expected: 'a time', got: shown(timestamp) };
  }
  if (!/^(0?[1-9]|[12]\d|3[01])$/.test(row['Day'] ?? '')) {
    return { column: 'Day', expected: 'a day of the month', got: shown(row['Day']) };
  }
  return Number.isNaN(Date.parse(reducedTime(row)))
    ? { column: 'TimeOfDay', expected: 'a time as 06:05:15', got: shown(row['TimeOfDay']) }
    : undefined;
}

const KINDS: Readonly<Record<string, EntityKind>> = {
  Ip: 'ip',
  User: 'user',
  Machine: 'host',
  File: 'file',
  Process: 'process',
  Url: 'url',
  MailMessage: 'email',
  Mailbox: 'email',
  MailCluster: 'email',
  RegistryKey: 'registry',
  RegistryValue: 'registry',
  CloudApplication: 'cloud_resource',
  OAuthApplication: 'cloud_resource',
  AzureResource: 'cloud_resource',
  BlobContainer: 'cloud_resource',
  ContainerRegistry: 'cloud_resource',
};

/** Columns that identify an entity of each type, most telling first. */
const IDENTIFIERS: Readonly<Record<string, readonly string[]>> = {
  Ip: ['IpAddress'],
  User: ['AccountObjectId', 'AccountSid', 'AccountUpn', 'AccountName'],
  Machine: ['DeviceId', 'DeviceName'],
  File: ['Sha256', 'FileName'],
  Process: ['Sha256', 'FileName'],
  Url: ['Url'],
  MailMessage: ['NetworkMessageId'],
  Mailbox: ['AccountUpn', 'AccountObjectId'],
  MailCluster: ['EmailClusterId'],
  RegistryKey: ['RegistryKey'],
  RegistryValue: ['RegistryValueName'],
  CloudApplication: ['ApplicationId'],
  OAuthApplication: ['OAuthApplicationId'],
  AzureResource: ['ResourceIdName'],
};

/** GUIDE writes an absent value as the code one past the last real one, the most frequent value of its column. */
const ABSENT: Readonly<Record<string, string>> = {
  DeviceId: '98799',
  Sha256: '138268',
  IpAddress: '360606',
  Url: '160396',
  AccountSid: '441377',
  AccountUpn: '673934',
  AccountObjectId: '425863',
  AccountName: '453297',
  DeviceName: '153085',
  NetworkMessageId: '529644',
  RegistryKey: '1631',
  RegistryValueName: '635',
  RegistryValueData: '860',
  ApplicationId: '2251',
  ApplicationName: '3421',
  OAuthApplicationId: '881',
  FileName: '289573',
  FolderPath: '117668',
  ResourceIdName: '3586',
};

function present(row: GuideRow, column: string): string | undefined {
  const value = row[column];
  return value === ABSENT[column] ? undefined : value;
}

/**
 * One alert from the evidence rows that share its tenant and alert id. The grade is never read here; incident and
 * alert ids are identity, not features.
 */
export function guideAlert(rows: readonly GuideRow[]): Alert {
  const first = rows[0] as GuideRow;
  const category = first['Category'] ?? '';
  const detector = first['DetectorId'];
  const title = first['AlertTitle'] ?? '';
  const techniques = new Set<string>();
  const entities = new Map<string, Entity>();
  for (const row of rows) {
    for (const technique of (row['MitreTechniques'] ?? '').split(/[;,\s]+/)) {
      if (/^T\d{4}(\.\d{3})?$/.test(technique)) techniques.add(technique);
    }
    const entity = guideEntity(row);
    entities.set(`${entity.kind}\u0000${entity.value}`, entity);
  }
  const severity = first['SuspicionLevel'] === 'Suspicious' ? 'medium' : 'unknown';
  return {
    id: first['AlertId'] ?? '',
    title: `Alert title ${title}`,
    rule_id: detector === undefined ? title : `${detector}/${title}`,
    source: 'guide',
    tenant: first['OrgId'] ?? '',
    incident_id: first['IncidentId'] ?? '',
    severity,
    occurred_at: guideTime(rows),
    ...(category === '' ? {} : { category }),
    tactics: tacticsOf(category),
    techniques: [...techniques],
    entities: [...entities.values()],
  };
}

function guideEntity(row: GuideRow): Entity {
  const type = row['EntityType'] ?? '';
  const identifier = (IDENTIFIERS[type] ?? [])
    .map((column) => present(row, column))
    .find((value) => value !== undefined);
  const role = row['EvidenceRole'] === 'Impacted' ? 'impacted' : 'related';
  return { kind: KINDS[type] ?? 'other', value: `${type}:${identifier ?? 'unnamed'}`, role };
}

/** The set was recorded from 20 May to 17 June 2024; the reduced columns give the day of the month alone. */
const LAST_DAY_OF_JUNE = 17;

/** The earliest time among the rows. */
function guideTime(rows: readonly GuideRow[]): string {
  let earliestMs = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const ms = Date.parse(row['Timestamp'] ?? reducedTime(row));
    if (ms < earliestMs) earliestMs = ms;
  }
  return new Date(Number.isFinite(earliestMs) ? earliestMs : 0).toISOString();
}

function reducedTime(row: GuideRow): string {
  const day = row['Day'] ?? '1';
  const month = Number(day) > LAST_DAY_OF_JUNE ? '05' : '06';
  return `${row['Year'] ?? '2024'}-${month}-${day.padStart(2, '0')}T${row['TimeOfDay'] ?? '00:00:00'}Z`;
}

function tacticsOf(category: string): string[] {
  const id = tacticIdOf(category);
  return id === undefined ? [] : [id];
}
