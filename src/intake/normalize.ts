import type { Alert } from '../alert/alert.ts';
import type { Closing, RecordFacts } from '../alert/closing.ts';
import { AlertforestError } from '../errors.ts';
import { CUT_OFF } from './body/text-line.ts';
import type { Dialect } from './dialects/dialect.ts';
import { EXPANDERS } from './dialects/expanders.ts';
import { CANONICAL, isCanonical, readBySchema } from './dialects/generic/canonical-alert.ts';
import { canonicalFields } from './dialects/generic/canonical-fields.ts';
import { plainCanonical } from './dialects/generic/plain-canonical.ts';
import { recogniseDialect, vendorDialectOf } from './dialects/recognise-dialect.ts';
import { AlertDraft } from './draft/alert-draft.ts';
import { fieldsRead, type MappingReport, mappingReport } from './draft/mapping-report.ts';
import { carriageOf, notesOf } from './envelope/carriage.ts';
import { unwrapEnvelope } from './envelope/unwrap-envelope.ts';
import { normalEntities } from './evidence/normal-entities.ts';
import { type FormerIdentity, formerIdentities } from './former/former-identity.ts';
import type { Skip } from './skip.ts';
import { Unread } from './unread.ts';
import { isObject, type JsonObject } from './values/json-value.ts';

export interface NormalizeOptions {
  /** ISO 8601 UTC: stands in for a time the payload does not have. */
  readonly receivedAt?: string;
  /** The customer as the caller named it: fills what the record lacks, never overrides it. */
  readonly tenant?: string;
  /** Keep the payload as `raw` in the alert. @default false */
  readonly keepRaw?: boolean;
}

export interface NormalizedAlert {
  readonly alert: Alert;
  /** The record that was read, out of its envelope, so that nobody opens it again. */
  readonly opened: JsonObject;
  readonly report: MappingReport;
  /** What a closed record says about the alert; undefined while it is open. Never part of the alert. */
  readonly closing: Closing | undefined;
  readonly record: RecordFacts;
  /** Names under which an earlier build may have kept it; asked only where nothing is kept under its own. */
  readonly formerIdentities: () => readonly FormerIdentity[];
  /** Set where the record is understood and no alert: it must not be scored. */
  readonly skipped?: Skip;
}

const ONE_ALERT: RecordFacts = { isIncident: false };

/**
 * Reads one alert in any known vendor's form, our own, or an unknown one by common names.
 *
 * A payload that is an envelope around exactly one alert is opened. Fields that are absent or unreadable are reported,
 * not refused.
 *
 * @throws AlertforestError ALERT_INVALID where the payload is no object and no CEF text, has neither id nor title, holds
 * several alerts, or is our own form with bad fields
 */
export function normalizeAlert(payload: unknown, options: NormalizeOptions = {}): NormalizedAlert {
  if (isObject(payload)) {
    if (isCanonical(payload)) return normalizeCanonical(payload, options);
    const known = knownDialectOf(payload);
    if (known !== undefined) return normalizeWith(known, payload, options);
  }
  const alerts = unwrapEnvelope(payload);
  const only = alerts[0];
  if (alerts.length === 1 && only instanceof Unread) throw unreadError(only);
  if (alerts.length !== 1 || !isObject(only)) {
    const got = alerts.length > 1 ? `an envelope with ${alerts.length}` : typeName(payload);
    throw new AlertforestError(
      'ALERT_INVALID',
      `Expected one alert as an object or a CEF line, got ${got}.`,
      {
        issues: [{ path: '', message: `Expected one alert, got ${got}.` }],
      },
    );
  }
  if (isCanonical(only)) return normalizeCanonical(only, options);
  return normalizeWith(recogniseDialect(only), only, options);
}

/** The dialect of a payload that is a single known alert as it stands, so that no envelope has to be looked for. */
function knownDialectOf(payload: JsonObject): Dialect | undefined {
  return EXPANDERS.record(payload) === undefined ? vendorDialectOf(payload) : undefined;
}

function normalizeCanonical(payload: JsonObject, options: NormalizeOptions): NormalizedAlert {
  const plain = plainCanonical(payload);
  const read = plain ?? readBySchema(payload);
  const isNamed = options.tenant !== undefined && read.tenant === undefined;
  const alert = isNamed ? withTenant(read, options.tenant) : read;
  const { entities, paths, empty } = normalEntities(alert.entities);
  alert.entities = entities;
  const warnings = empty.map((at) => `Expected a value of its kind in \`entities.${at}\`; it was left out.`);
  const fields = plain === undefined || isNamed ? fieldsRead(fieldsOf(alert)) : canonicalFields(plain);
  if (options.keepRaw) alert.raw = payload;
  return {
    alert,
    opened: payload,
    report: mappingReport(CANONICAL, fields, warnings, paths),
    closing: undefined,
    record: ONE_ALERT,
    formerIdentities: () => [],
  };
}

/** The alert with a tenant that stands last, as everywhere where the caller has named it. */
function withTenant({ tenant: _none, ...alert }: Alert, tenant: string | undefined): Alert {
  return { ...alert, tenant };
}

/** The fields that are given, in the order in which the alert has them. */
function fieldsOf(alert: Alert): Record<string, string> {
  const fields: Record<string, string> = {};
  // what the reader has made has properties of its own alone, and a list of pairs would be made for every alert
  for (const name in alert) {
    const value = alert[name as keyof Alert];
    const isEmpty = Array.isArray(value) ? value.length === 0 : value === 'unknown';
    if (value !== undefined && !isEmpty) fields[name] = name;
  }
  return fields;
}

function normalizeWith(dialect: Dialect, payload: JsonObject, options: NormalizeOptions): NormalizedAlert {
  const draft = new AlertDraft();
  const carriage = carriageOf(payload);
  for (const note of notesOf(payload)) {
    draft.warn(note);
    // What came of a record that is cut off may lack the part that tells it from another.
    if (note === CUT_OFF && carriage?.document !== undefined)
      draft.set('id', carriage.document.value, carriage.document.path);
  }
  dialect.toAlert(payload, draft);
  draft.fillFrom(carriage);
  const { alert, report } = draft.finish(dialect.name, options.receivedAt, options.tenant);
  if (options.keepRaw) alert.raw = payload;
  const record = dialect.recordOf?.(payload) ?? ONE_ALERT;
  const skipped = dialect.skipOf?.(payload) ?? mergedAway(record);
  return {
    alert,
    opened: payload,
    report,
    closing: dialect.closingOf?.(payload),
    record,
    formerIdentities: () => formerIdentities(payload, alert, dialect, options.receivedAt),
    ...(skipped === undefined ? {} : { skipped }),
  };
}

/** What was merged into another incident is scored there. */
function mergedAway({ mergedInto }: RecordFacts): Skip | undefined {
  return mergedInto === undefined
    ? undefined
    : {
        code: 'redirected',
        reason: `Merged into ${mergedInto}, which is scored in its place.`,
        ref: mergedInto,
      };
}

function unreadError({ problem, line }: Unread): AlertforestError {
  const message = line === undefined ? problem : `Line ${line}: ${problem}`;
  return new AlertforestError('ALERT_INVALID', message, { issues: [{ path: '', message }] });
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an empty list' : typeof value;
}
