import { type Alert, type EntityKind, SEVERITIES } from '../../../alert/alert.ts';
import { ipScope } from '../../../alert/ip-scope.ts';
import type { ProjectedEvent } from './alert-event.ts';
import type { Observations } from './observations.ts';

/** What the fields of the alert's own event are computed from. */
export interface FieldSources {
  readonly alert: Alert;
  readonly entities: EntityValues;
  readonly seen: Observations;
  /** Facts of the stages before the rules, by full field name: `intel.hits`, `behavior.score` and so on. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Values of one field that are handed to the rules. */
const MAX_VALUES = 256;
/** Entities of an alert that are looked at; real alerts have up to 1,600. */
const MAX_ENTITIES = 2000;

const COMMAND_LINES = ['CommandLine', 'ParentCommandLine', 'GrandParentCommandLine', 'ScriptBlockText'];
const IMAGES = [
  'Image',
  'SourceImage',
  'TargetImage',
  'ImageLoaded',
  'NewProcessName',
  'ServiceFileName',
  'ImagePath',
];

/** Values of an alert's entities by their kind, gathered in one pass. */
export class EntityValues {
  readonly #byKind = new Map<string, string[]>();

  constructor({ entities }: Alert) {
    for (let i = 0; i < entities.length && i < MAX_ENTITIES; i++) {
      const { kind, value } = entities[i]!;
      const values = this.#byKind.get(kind);
      if (values === undefined) this.#byKind.set(kind, [value]);
      else values.push(value);
    }
  }

  of(kind: EntityKind): readonly string[] {
    return this.#byKind.get(kind) ?? NONE;
  }
}

const NONE: readonly never[] = [];

export type FieldReader = (from: FieldSources) => unknown;

/** The fact that an alert has no time of its own: the time of receipt is no hour of what happened. */
export const TIME_OF_RECEIPT = 'alert.time_of_receipt';

/** Each field of the alert's own event, see docs/rules.md. */
const READERS: Readonly<Record<string, FieldReader>> = {
  'alert.id': ({ alert }) => alert.id,
  'alert.title': ({ alert }) => alert.title,
  'alert.rule_id': ({ alert }) => alert.rule_id,
  'alert.rule_name': ({ alert }) => alert.rule_name,
  'alert.source': ({ alert }) => alert.source,
  'alert.vendor': ({ alert }) => alert.vendor,
  'alert.category': ({ alert }) => alert.category,
  'alert.severity': ({ alert }) => (alert.severity === 'unknown' ? undefined : alert.severity),
  'alert.severity_rank': ({ alert }) =>
    alert.severity === 'unknown' ? undefined : SEVERITIES.indexOf(alert.severity),
  'alert.vendor_score': ({ alert }) => alert.vendor_score,
  'alert.tactics': ({ alert }) => listed(alert.tactics),
  'alert.techniques': ({ alert }) => listed(withParents(alert.techniques)),
  'alert.tactic_count': ({ alert }) => alert.tactics.length || undefined,
  'alert.technique_count': ({ alert }) => alert.techniques.length || undefined,
  'alert.hour': ({ alert, facts }) =>
    facts[TIME_OF_RECEIPT] === true ? undefined : Number(alert.occurred_at.slice(11, 13)),
  'alert.text': ({ alert, seen }) => unique([alert.title, alert.rule_name, alert.category, ...seen.words]),
  'alert.log': ({ seen }) => listed(seen.lines),
  'alert.operation': ({ seen }) => listed(seen.operations),
  'entity.command_line': commandLines,
  'entity.script': ({ seen }) => fromRecords(seen.records, ['ScriptBlockText']),
  'entity.process': ({ seen }) => fromRecords(seen.records, IMAGES),
  'entity.parent': ({ seen }) => fromRecords(seen.records, ['ParentImage']),
  'entity.file': (from) => files(from),
  'entity.path': (from) => {
    const all = [...(files(from) ?? []), ...(fromRecords(from.seen.records, IMAGES) ?? [])];
    return unique(all);
  },
  'entity.registry': (from) => kind(from, 'registry', ['TargetObject']),
  'entity.url': (from) => kind(from, 'url', ['c-uri']),
  'entity.domain': (from) => kind(from, 'domain', ['QueryName', 'cs-host']),
  'entity.user': (from) => kind(from, 'user', ['User', 'TargetUserName', 'SubjectUserName']),
  'entity.host': (from) => kind(from, 'host', ['WorkstationName']),
  'entity.ip': (from) => kind(from, 'ip', []),
  'entity.ip_scope': (from) => unique(ipsOf(from).map(ipScope)),
  'entity.hash': (from) => kind(from, 'hash', []),
  'entity.email': (from) => kind(from, 'email', []),
  'entity.cloud_resource': (from) => kind(from, 'cloud_resource', []),
  'entity.user_agent': ({ seen }) => fromRecords(seen.records, ['c-useragent', 'cs-user-agent']),
  'entity.role': ({ alert }) => unique(alert.entities.slice(0, MAX_ENTITIES).map((entity) => entity.role)),
  'entity.any': everything,
  'entity.count': ({ alert }) => alert.entities.length || undefined,
  'entity.count.ip_public': (from) => ipsOf(from).filter((ip) => ipScope(ip) === 'public').length,
  'entity.count.ip_private': (from) => ipsOf(from).filter((ip) => ipScope(ip) === 'private').length,
};

/** Names of the fields that every alert may have; telemetry and counts by kind come on top. */
export const ALERT_FIELDS: readonly string[] = Object.keys(READERS);

/** Reads a field of the alert's own event: undefined where it is absent or no such field is known. */
export function alertReader(field: string): FieldReader {
  const reader = Object.hasOwn(READERS, field) ? READERS[field] : undefined;
  if (reader !== undefined) return reader;
  if (field.startsWith('telemetry.')) {
    const name = field.slice('telemetry.'.length);
    return ({ alert }) => alert.telemetry?.[name];
  }
  if (field.startsWith('entity.count.')) {
    const name = field.slice('entity.count.'.length);
    return ({ alert }) => countOf(alert, name);
  }
  return ({ facts }) => (Object.hasOwn(facts, field) ? facts[field] : undefined);
}

/** Whether a field is one of this module's own, not one of a payload. */
export function isAlertField(field: string): boolean {
  return /^(alert|entity|telemetry|intel|behavior)\./.test(field);
}

function countOf(alert: Alert, kindName: string): number {
  let count = 0;
  for (const entity of alert.entities) if (entity.kind === kindName) count++;
  return count;
}

function commandLines(from: FieldSources): string[] | undefined {
  const lines = fromRecords(from.seen.records, COMMAND_LINES);
  return joined(lines, from.entities.of('process'));
}

function files(from: FieldSources): string[] | undefined {
  return kind(from, 'file', ['TargetFilename']);
}

/** Everything a sensor saw: entities, command lines, paths, agents, log lines. */
function everything(from: FieldSources): string[] | undefined {
  const { alert, seen } = from;
  const values: (string | undefined)[] = alert.entities.slice(0, MAX_ENTITIES).map((entity) => entity.value);
  for (const record of seen.records) {
    for (const value of Object.values(record.event)) {
      if (typeof value === 'string' && value.length > 3) values.push(value);
      else if (Array.isArray(value))
        for (const item of value) if (typeof item === 'string') values.push(item);
    }
  }
  return unique([...values, ...seen.lines]);
}

function kind(from: FieldSources, name: EntityKind, fields: readonly string[]): string[] | undefined {
  const values = from.entities.of(name);
  return joined(values, fields.length === 0 ? undefined : fromRecords(from.seen.records, fields));
}

/** Both lists in one, each value once; undefined where neither has any. */
function joined(first: readonly string[] | undefined, second: readonly string[] | undefined) {
  if (second === undefined || second.length === 0) return first === undefined ? undefined : unique(first);
  return first === undefined || first.length === 0 ? unique(second) : unique([...first, ...second]);
}

function ipsOf({ entities }: FieldSources): readonly string[] {
  return entities.of('ip').slice(0, MAX_VALUES);
}

function fromRecords(records: readonly ProjectedEvent[], names: readonly string[]): string[] | undefined {
  let values: unknown[] | undefined;
  for (const { event } of records) {
    for (const name of names) {
      const value = event[name];
      if (value === undefined) continue;
      values ??= [];
      if (Array.isArray(value)) values.push(...value);
      else values.push(value);
    }
  }
  return values === undefined ? undefined : unique(values);
}

function unique(values: readonly unknown[]): string[] | undefined {
  if (values.length <= 1) {
    const [only] = values;
    return typeof only === 'string' && only !== '' ? [only] : undefined;
  }
  const set = new Set<string>();
  for (const value of values) {
    if (typeof value === 'string' && value !== '' && set.size < MAX_VALUES) set.add(value);
  }
  return set.size === 0 ? undefined : [...set];
}

function listed<Value>(values: readonly Value[]): readonly Value[] | undefined {
  return values.length === 0 ? undefined : values;
}

/** Techniques with the parent of each sub-technique, so that a rule for T1003 hears of T1003.001. */
function withParents(techniques: readonly string[]): string[] {
  const all = new Set<string>();
  for (const technique of techniques) {
    all.add(technique);
    const dot = technique.indexOf('.');
    if (dot > 0) all.add(technique.slice(0, dot));
  }
  return [...all];
}
