import { createHash } from 'node:crypto';
import type { Alert, EntityKind, Severity } from '../../alert/alert.ts';
import { tacticIdOf, techniqueIdsIn } from '../../alert/attack-tactics.ts';
import { AlertforestError } from '../../errors.ts';
import type { Carriage } from '../envelope/carriage.ts';
import { EntityCollector, type EntityRole, MAX_ENTITIES } from '../evidence/entity-collector.ts';
import { at, clip, type JsonObject, numberOf, textOf } from '../values/json-value.ts';
import { momentOf } from '../values/moment.ts';
import { type SeverityScale, severityOfWord, severityOnScale } from '../values/severity-scale.ts';
import { fieldsRead, type MappingReport, mappingReport } from './mapping-report.ts';

type TextField =
  | 'id'
  | 'id_scope'
  | 'title'
  | 'rule_id'
  | 'rule_name'
  | 'source'
  | 'vendor'
  | 'tenant'
  | 'incident_id'
  | 'category';
type TimeField = 'occurred_at' | 'created_at';

const MAX_LENGTH: Readonly<Record<TextField, number>> = {
  id: 1024,
  id_scope: 1024,
  title: 4096,
  rule_id: 1024,
  rule_name: 1024,
  source: 256,
  vendor: 1024,
  tenant: 1024,
  incident_id: 1024,
  category: 1024,
};
/** In the last name of a path. */
const LATER_TIME = /updat|modif|last|clos|resolv|end/i;
const MAX_TACTICS = 64;
const MAX_TECHNIQUES = 256;

/**
 * An alert while a dialect fills it in, with the record of where each part came from. Every method takes values of
 * any type and lengths and keeps the bounds of `alertSchema`, so that the finished alert needs no second validation.
 */
export class AlertDraft {
  readonly entities = new EntityCollector();
  readonly warnings: string[] = [];
  readonly #fields: Record<string, string> = {};
  readonly #texts: Partial<Record<TextField, string>> = {};
  readonly #times: Partial<Record<TimeField, string>> = {};
  readonly #distinct: string[] = [];
  readonly #tactics = new Set<string>();
  readonly #techniques = new Set<string>();
  #severity: Severity = 'unknown';
  #vendorScore: number | undefined;
  #telemetry: Record<string, number> | undefined;
  #isCounter = false;

  /** Takes the first text among the constant `paths`; a field already set stays. */
  text(field: TextField, root: JsonObject, ...paths: readonly string[]): void {
    if (this.#texts[field] !== undefined) return;
    for (const path of paths) {
      if (this.set(field, at(root, path), path)) return;
    }
  }

  /** Sets a text field to a value read from `path`; says whether there was one. A field already set stays. */
  set(field: TextField, value: unknown, path: string): boolean {
    if (this.#texts[field] !== undefined) return false;
    const text = textOf(value);
    if (text === undefined) return false;
    this.#texts[field] = clip(text, MAX_LENGTH[field]);
    this.#fields[field] = path;
    return true;
  }

  /** A constant the dialect knows without reading it, such as the vendor's name. */
  constant(field: TextField, value: string): void {
    this.#texts[field] ??= value;
  }

  get(field: TextField): string | undefined {
    return this.#texts[field];
  }

  /** Takes the first time among the constant `paths`; warns where the only values given are no times. */
  time(field: TimeField, root: JsonObject, ...paths: readonly string[]): void {
    for (const path of paths) {
      if (this.setTime(field, at(root, path), path)) return;
    }
  }

  setTime(field: TimeField, value: unknown, path: string): boolean {
    if (this.#times[field] !== undefined || value === undefined || value === null || value === '')
      return false;
    const moment = momentOf(value);
    if (moment === undefined) {
      if (textOf(value) !== undefined) this.warn(`Expected a time in \`${path}\`, got ${shown(value)}.`);
      return false;
    }
    this.#times[field] = moment;
    this.#fields[field] = path;
    if (field === 'occurred_at') this.distinct(finerThanMs(value));
    return true;
  }

  hasTime(field: TimeField): boolean {
    return this.#times[field] !== undefined;
  }

  /**
   * Says that the id counts within one installation of the product: another customer has an alert of the same number.
   * Without a tenant the start time is what tells the two apart.
   */
  idIsCounter(): void {
    this.#isCounter = true;
  }

  /** Adds what tells this alert from another of the same title and time, for alerts without an id: message, ports, flow. */
  distinct(value: unknown): void {
    const text = textOf(value);
    if (text !== undefined && this.#distinct.length < 32) this.#distinct.push(clip(text, 4096));
  }

  /** Sets the severity from a word, or from a number on the given scale. The first known one counts. */
  severity(value: unknown, path: string, scale?: SeverityScale): void {
    if (this.#severity !== 'unknown' || value === undefined || value === null) return;
    const number = scale ? numberOf(value) : undefined;
    const text = textOf(value);
    if (number === undefined && text === undefined) return;
    const severity =
      number !== undefined && scale ? severityOnScale(number, scale) : severityOfWord(text as string);
    if (severity === undefined || (number !== undefined && scale && severity === 'unknown'))
      this.warn(`Expected a known severity in \`${path}\`, got ${shown(value)}.`);
    else this.setSeverity(severity, path);
  }

  setSeverity(severity: Severity, path: string): void {
    if (this.#severity !== 'unknown' || severity === 'unknown') return;
    this.#severity = severity;
    this.#fields['severity'] = path;
  }

  get hasSeverity(): boolean {
    return this.#severity !== 'unknown';
  }

  /** Sets the vendor's own score; `value` times `factor` is cut to 0-100. */
  score(value: unknown, path: string, factor = 1): void {
    if (this.#vendorScore !== undefined) return;
    const number = numberOf(value);
    if (number === undefined || number < 0) return;
    if (number * factor > 100)
      this.warn(`Expected \`${path}\` up to ${100 / factor}, got ${number}; cut to 100.`);
    this.#vendorScore = Math.min(100, number * factor);
    this.#fields['vendor_score'] = path;
  }

  /** Adds tactics and techniques found in a text or list of texts: ids, names, vendor phrases, comma-separated. */
  attack(value: unknown, path: string): void {
    if (typeof value === 'string') this.#attackText(value, path);
    else if (Array.isArray(value)) {
      for (const item of value) if (typeof item === 'string') this.#attackText(item, path);
    }
  }

  #attackText(text: string, path: string): void {
    const whole = tacticIdOf(text);
    if (whole !== undefined) this.#tactic(whole, path);
    else if (text.includes(',') || text.includes(';')) {
      for (const part of text.slice(0, 4096).split(/[,;]/)) {
        const tactic = tacticIdOf(part);
        if (tactic !== undefined) this.#tactic(tactic, path);
      }
    }
    for (const technique of techniqueIdsIn(text)) {
      if (this.#techniques.size >= MAX_TECHNIQUES) return;
      this.#techniques.add(technique);
      this.#note('techniques', path);
    }
  }

  #tactic(id: string, path: string): void {
    if (this.#tactics.size >= MAX_TACTICS) return;
    this.#tactics.add(id);
    this.#note('tactics', path);
  }

  /** Adds entities and remembers where they came from. */
  entity(kind: EntityKind, value: unknown, path: string, role?: EntityRole): void {
    if (value === undefined || value === null) return;
    const before = this.entities.list.length;
    this.entities.add(kind, value, role, path);
    if (this.entities.list.length > before) this.#note('entities', path);
  }

  /** Adds an account, see {@link EntityCollector.addUser}. */
  user(name: unknown, domain: unknown, principal: unknown, path: string, role?: EntityRole): void {
    const before = this.entities.list.length;
    this.entities.addUser(name, domain, principal, role, path);
    if (this.entities.list.length > before) this.#note('entities', path);
  }

  get nEntities(): number {
    return this.entities.list.length;
  }

  /** Takes a number for the telemetry; `name` should be one of TELEMETRY_NAMES. Negative numbers are no measurements. */
  measure(name: string, value: unknown, path: string): void {
    const number = numberOf(value);
    if (number === undefined || number < 0) return;
    this.#telemetry ??= {};
    if (this.#telemetry[name] !== undefined) return;
    this.#telemetry[name] = number;
    this.#note('telemetry', path);
  }

  warn(warning: string): void {
    if (this.warnings.length < 1000) this.warnings.push(warning);
  }

  /** Adds `path` to the sources of a field that has several. */
  #note(field: string, path: string): void {
    const known = this.#fields[field];
    if (known === undefined) this.#fields[field] = path;
    else if (known !== path && known.length < 400 && !`, ${known}, `.includes(`, ${path}, `))
      this.#fields[field] = `${known}, ${path}`;
  }

  /** Fills what is missing with what a wrapper said beside the alert. */
  fillFrom(carriage: Carriage | undefined): void {
    if (carriage === undefined) return;
    const { severity, occurred_at, record } = carriage;
    if (record !== undefined) {
      this.set('id', record.value, record.path);
      if (severity !== undefined && !this.hasSeverity) this.severity(severity.value, severity.path);
    }
    if (carriage['title'] === undefined) {
      // Whoever sends a record says when; what it says beside that is about the sending.
      if (this.#times.created_at === undefined && occurred_at !== undefined)
        this.setTime('occurred_at', occurred_at.value, occurred_at.path);
      return;
    }
    for (const field of ['title', 'rule_name', 'rule_id', 'id'] as const) {
      const part = carriage[field];
      if (part !== undefined) this.set(field, part.value, part.path);
    }
    if (severity !== undefined && !this.hasSeverity) this.severity(severity.value, severity.path);
    if (occurred_at !== undefined && this.#times.created_at === undefined)
      this.setTime('occurred_at', occurred_at.value, occurred_at.path);
  }

  /**
   * The finished alert. Without an id it gets a fingerprint of its stable fields; without a title the rule's name or
   * the category stands in; without a time of its own `receivedAt` (ISO 8601) or 1970, each with a warning. `tenant` is
   * the customer the caller named; it fills what the record lacks.
   *
   * @throws AlertforestError ALERT_INVALID where the payload has neither id nor title
   */
  finish(
    dialect: string,
    receivedAt: string | undefined,
    tenant?: string,
  ): { alert: Alert; report: MappingReport } {
    const texts = this.#texts;
    if (texts.id === undefined && texts.title === undefined && texts.rule_name === undefined) {
      throw new AlertforestError('ALERT_INVALID', 'Expected an alert with an id or a title, got neither.', {
        issues: [
          { path: 'id', message: 'Expected an id or a title.' },
          { path: 'title', message: 'Expected an id or a title.' },
        ],
      });
    }
    if (tenant !== undefined) texts.tenant ??= clip(tenant, MAX_LENGTH.tenant);
    const occurredAt = this.#occurredAt();
    if (this.#isCounter && texts.id !== undefined) this.#scopeCounter(occurredAt);
    if (texts.id === undefined)
      this.warn('The payload has no id: a fingerprint of its stable fields stands in.');
    if (texts.title === undefined)
      this.warn('The payload has no title: the rule, the category or the id stands in.');
    if (this.entities.dropped > 0)
      this.warn(`Kept ${MAX_ENTITIES} entities, ${this.entities.dropped} more were left out.`);
    const alert: Alert = {
      id: texts.id ?? this.#fingerprint(dialect, occurredAt),
      title: texts.title ?? texts.rule_name ?? texts.category ?? (texts.id as string),
      source: texts.source ?? dialect,
      severity: this.#severity,
      occurred_at: occurredAt ?? this.#substituteTime(receivedAt),
      tactics: [...this.#tactics],
      techniques: [...this.#techniques],
      entities: this.entities.list,
    };
    if (texts.id !== undefined && texts.id_scope !== undefined) alert.id_scope = texts.id_scope;
    if (texts.rule_id !== undefined) alert.rule_id = texts.rule_id;
    if (texts.rule_name !== undefined) alert.rule_name = texts.rule_name;
    if (texts.vendor !== undefined) alert.vendor = texts.vendor;
    if (texts.tenant !== undefined) alert.tenant = texts.tenant;
    if (texts.incident_id !== undefined) alert.incident_id = texts.incident_id;
    if (texts.category !== undefined) alert.category = texts.category;
    if (this.#vendorScore !== undefined) alert.vendor_score = this.#vendorScore;
    if (this.#times.created_at !== undefined) alert.created_at = this.#times.created_at;
    if (this.#telemetry !== undefined) alert.telemetry = this.#telemetry;
    return {
      alert,
      report: mappingReport(dialect, fieldsRead(this.#fields), this.warnings, this.entities.paths),
    };
  }

  #scopeCounter(occurredAt: string | undefined): void {
    const { tenant, id_scope } = this.#texts;
    if (tenant !== undefined || id_scope !== undefined || occurredAt === undefined) return;
    // A time that moves with every change of the record tells nothing apart.
    const path = this.#fields['occurred_at'] ?? '';
    if (LATER_TIME.test(path.slice(path.lastIndexOf('.') + 1))) return;
    this.#texts.id_scope = occurredAt;
    this.warn(
      'The id is a number that repeats from customer to customer, and no tenant is named: the start time tells two alerts apart. Name the customer by `?tenant=` or `x-alertforest-tenant`.',
    );
  }

  #occurredAt(): string | undefined {
    if (this.#times.occurred_at !== undefined) return this.#times.occurred_at;
    if (this.#times.created_at === undefined) return undefined;
    this.warn('The payload does not say when it happened: the time of its creation stands in.');
    this.#fields['occurred_at'] = this.#fields['created_at'] as string;
    return this.#times.created_at;
  }

  #substituteTime(receivedAt: string | undefined): string {
    this.warn(
      receivedAt === undefined
        ? 'The payload has no time: 1970 stands in.'
        : 'The payload has no time: the time it was received stands in.',
    );
    return receivedAt ?? '1970-01-01T00:00:00.000Z';
  }

  // Only what the vendor does not change later: a second delivery of the same alert gets the same id.
  #fingerprint(dialect: string, occurredAt: string | undefined): string {
    const { source, tenant, rule_id, rule_name, title, incident_id } = this.#texts;
    const entities = this.entities.list
      .map((entity) => `${entity.kind} ${entity.value.toLowerCase()}`)
      .sort();
    return createHash('sha256')
      .update(
        JSON.stringify([
          dialect,
          source,
          tenant,
          rule_id,
          rule_name,
          title,
          incident_id,
          occurredAt,
          entities,
          ...this.#distinct,
        ]),
      )
      .digest('hex')
      .slice(0, 32);
  }
}

/** Digits of a time below the millisecond, which tell two events of one millisecond apart. */
function finerThanMs(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return /\.\d{3}(\d{1,9})/.exec(value)?.[1] ?? /^\d{13}(\d{3,6})$/.exec(value)?.[1];
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : Array.isArray(value) ? 'a list' : String(value);
  return clip(text, 60);
}
