import { hash } from 'node:crypto';
import { z } from 'zod';

/** What an alert can turn out to be. The order is the label order everywhere: label 0 is true_positive. */
export const DISPOSITIONS = ['true_positive', 'false_positive', 'suspicious', 'benign'] as const;
export const dispositionSchema = z.enum(DISPOSITIONS).meta({ id: 'Disposition' });
export type Disposition = z.infer<typeof dispositionSchema>;

export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical', 'unknown'] as const;
export const severitySchema = z.enum(SEVERITIES).meta({ id: 'Severity' });
export type Severity = z.infer<typeof severitySchema>;

export const ENTITY_KINDS = [
  'ip',
  'host',
  'user',
  'file',
  'hash',
  'process',
  'url',
  'domain',
  'email',
  'registry',
  'cloud_resource',
  'other',
] as const;
export const entityKindSchema = z.enum(ENTITY_KINDS).meta({ id: 'EntityKind' });
export type EntityKind = z.infer<typeof entityKindSchema>;

export const ENTITY_ROLES = ['attacker', 'victim', 'impacted', 'related'] as const;
export const entityRoleSchema = z.enum(ENTITY_ROLES).meta({ id: 'EntityRole' });

export const entitySchema = z
  .object({ kind: entityKindSchema, value: z.string().min(1).max(4096), role: entityRoleSchema.optional() })
  .meta({ id: 'Entity' });
export type Entity = z.infer<typeof entitySchema>;

const shortText = z.string().max(1024);

/** A moment as ISO 8601 text in UTC with milliseconds. Parsing accepts any offset and writes UTC. */
export const momentSchema = z.iso.datetime({ offset: true });

/** The canonical alert: what every vendor's payload becomes. */
export const alertSchema = z
  .object({
    id: z.string().min(1).max(1024),
    /**
     * What the id is unique within, beside tenant and product, where it is not unique by itself: the machine that counts,
     * the rule that matched the document, the start of an offence of an unnamed customer. Part of the alert's key.
     */
    id_scope: shortText.optional(),
    title: z.string().min(1).max(4096),
    rule_id: shortText.optional(),
    rule_name: shortText.optional(),
    /** The product that raised it, lower case with underscores where a dialect knows it: `defender_xdr`. */
    source: z.string().min(1).max(256),
    vendor: shortText.optional(),
    tenant: shortText.optional(),
    /** Groups alerts for folds and hold-out; never a feature. */
    incident_id: shortText.optional(),
    severity: severitySchema.default('unknown'),
    /** The vendor's own risk or confidence number, scaled to 0-100. */
    vendor_score: z.number().min(0).max(100).optional(),
    occurred_at: momentSchema,
    created_at: momentSchema.optional(),
    /** The vendor's own word for the kind of alert. */
    category: shortText.optional(),
    /** ATT&CK tactic ids, TA0001 and so on. */
    tactics: z.array(z.string().max(16)).max(64).default([]),
    /** ATT&CK technique ids, T1059 or T1059.001. */
    techniques: z.array(z.string().max(16)).max(256).default([]),
    entities: z.array(entitySchema).max(20_000).default([]),
    /** Named numbers measured around the alert: bytes_sent, failed_logins and so on. */
    telemetry: z.record(z.string().max(64), z.number()).optional(),
    raw: z.unknown().optional(),
  })
  .meta({ id: 'Alert' });
export type Alert = z.infer<typeof alertSchema>;

/** Telemetry names the features know; others are kept and ignored by them. */
export const TELEMETRY_NAMES = [
  'bytes_sent',
  'bytes_recv',
  'duration_ms',
  'packets_sent',
  'packets_recv',
  'failed_logins',
  'unique_ports',
  'payload_size',
  'status_code',
  'event_count',
  'alert_triggered',
] as const;

/** What names one alert: the parts of its key. */
export interface AlertIdentity {
  readonly tenant?: string | undefined;
  readonly source: string;
  readonly id: string;
  readonly id_scope?: string | undefined;
}

/** `id_scope` of alerts that Defender products raised: their ids are unique in the world. */
export const DEFENDER_SCOPE = 'microsoft_defender';
/** `id_scope` of Sentinel's incidents by their name, a GUID. */
export const SENTINEL_SCOPE = 'microsoft_sentinel_incident';

// Defender XDR puts two letters for the product before a GUID, which products and copies write without them.
const DEFENDER_PREFIX = /^[a-z]{2}(?=[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$)/;

/** What an alert key looks like. */
export const ALERT_KEY = /^[0-9a-f]{32}$/;

/**
 * Identity of an alert across tenants and products: vendors' ids repeat from box to box, and some from rule to rule. 32
 * hex digits. An id that is unique in the world is one alert through whatever door it comes: Sentinel's copy of a
 * Defender alert names the workspace where Graph names the tenant, and ARM names a workspace that its tables number.
 */
export function alertKey({ tenant, source, id, id_scope: scope }: AlertIdentity): string {
  const parts =
    scope === DEFENDER_SCOPE
      ? ['', scope, id.toLowerCase().replace(DEFENDER_PREFIX, '')]
      : scope === SENTINEL_SCOPE
        ? ['', scope, id.toLowerCase()]
        : [tenant ?? '', source, id, ...(scope === undefined ? [] : [scope])];
  return hash('sha256', JSON.stringify(parts)).slice(0, 32);
}

/**
 * Group of an alert for folds and hold-out: its incident within the tenant, else the alert itself. 32 hex digits.
 *
 * @param key alertKey of the alert, where it is known already
 */
export function alertGroup(alert: AlertIdentity & Pick<Alert, 'incident_id'>, key?: string): string {
  if (alert.incident_id === undefined) return key ?? alertKey(alert);
  return hash('sha256', JSON.stringify(['incident', alert.tenant ?? '', alert.incident_id])).slice(0, 32);
}
