import { describe, expect, it } from 'vitest';
import { type Alert, alertKey } from '../../src/alert/alert.ts';
import { DIALECTS } from '../../src/intake/dialects/dialect-list.ts';
import { genericAlert } from '../../src/intake/dialects/generic/generic-alert.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { type NormalizedAlert, normalizeAlert } from '../../src/intake/normalize.ts';
import { isObject, type JsonObject } from '../../src/intake/values/json-value.ts';
import { OWN_PAYLOADS } from './own-payloads.ts';
import { samplePayloads } from './sample-payloads.ts';

const read = (payload: unknown, tenant?: string): NormalizedAlert =>
  normalizeAlert(payload, {
    receivedAt: '2026-01-01T00:00:00.000Z',
    ...(tenant === undefined ? {} : { tenant }),
  });
const keyOf = (payload: unknown, tenant?: string): string => alertKey(read(payload, tenant).alert);

const SINGLES = [
  ...samplePayloads(),
  ...OWN_PAYLOADS.map(({ dialect, payload }) => ({ name: `own ${dialect}`, payload })),
].flatMap(({ name, payload }) =>
  unwrapEnvelope(payload)
    .filter(isObject)
    .map((single) => ({ name, single, read: read(single) })),
);

/** A changed copy of the value at a dotted path of the payload, or undefined where the path is no single place. */
function changedAt(
  payload: JsonObject,
  path: string,
  change: (value: unknown) => unknown,
): JsonObject | undefined {
  const copy = structuredClone(payload) as Record<string, unknown>;
  let place: unknown = copy;
  const names = path.split('.');
  for (let at = 0; at < names.length; at++) {
    if (Array.isArray(place)) place = place.find(isObject);
    if (!isObject(place)) return undefined;
    const rest = names.slice(at).join('.');
    if (rest in place) {
      (place as Record<string, unknown>)[rest] = change(place[rest]);
      return copy;
    }
    place = place[names[at] as string];
  }
  return undefined;
}

/** Another value of the same form: the last digit moves, else a letter is added. */
function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (Array.isArray(value)) return value.map(another);
  if (typeof value !== 'string') return value;
  return /\d$/.test(value) ? value.slice(0, -1) + ((Number(value.at(-1)) + 1) % 10) : `${value}1`;
}

/** What changes while an alert lives: its counts, its severity, when it was last seen and worked on. */
const VOLATILE =
  /^(last.?(seen|activity|update|modif|observed|event|detect|persist).*|.*(updated|modified)(_?(at|time|date|on|date_?time|by))?|.*count|.*counter|num(ber)?_?of.*|.*_times|firedtimes|progress|end_?(time|date|date_?time)(utc)?|severity.*|priority|urgency|magnitude|score|.*risk_?score|confidence.*|relevance|credibility|etag|.*ingest.*|processing.*|received.*)$/i;

/** Copies of the payload with one volatile field changed each. */
function* aged(payload: JsonObject): Generator<{ path: string; payload: JsonObject }> {
  const paths: (string | number)[][] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (Array.isArray(value)) for (const [at, item] of value.entries()) walk(item, [...path, at]);
    else if (isObject(value)) for (const key of Object.keys(value)) walk(value[key], [...path, key]);
    else if (VOLATILE.test(String(path.findLast((part) => typeof part === 'string')))) paths.push(path);
  };
  walk(payload, []);
  for (const path of paths) {
    const copy = structuredClone(payload);
    let place = copy as Record<string | number, unknown>;
    for (const part of path.slice(0, -1)) place = place[part] as Record<string | number, unknown>;
    const last = path.at(-1) as string | number;
    place[last] = another(place[last]);
    yield { path: path.join('.'), payload: copy };
  }
}

describe('the identity of an alert', () => {
  for (const dialect of [...DIALECTS, genericAlert]) {
    const own = SINGLES.filter((one) => one.read.report.dialect === dialect.name);
    if (dialect === genericAlert && own.length === 0) continue;

    it(`of ${dialect.name}: another id, or what stands in for one, is another alert`, () => {
      expect(own.length).toBeGreaterThan(0);
      let nChecked = 0;
      for (const { name, single, read: before } of own) {
        const paths = before.report.fields['id']?.split(', ') ?? [before.report.fields['occurred_at'] ?? ''];
        for (const path of paths) {
          const other = changedAt(single, path, another) ?? changedAt(single, `properties.${path}`, another);
          if (other === undefined) continue;
          nChecked++;
          expect(keyOf(other), `${name} ${path}`).not.toBe(alertKey(before.alert));
        }
      }
      // What comes without id and without time is told apart by its words.
      const hasPlace = own.some(
        ({ read: { report } }) => report.fields['id'] ?? report.fields['occurred_at'],
      );
      if (hasPlace) expect(nChecked).toBeGreaterThan(0);
    });

    it(`of ${dialect.name}: sent again with other counts, severity or times of work it is the same`, () => {
      for (const { name, single, read: before } of own) {
        for (const { path, payload } of aged(single)) {
          if (read(payload).report.dialect !== dialect.name) continue;
          expect(keyOf(payload), `${name} ${path}`).toBe(alertKey(before.alert));
        }
      }
    });
  }
});

describe('one alert through several doors', () => {
  const GUID = '0f3a9c1e-7d52-4e7b-9a55-1c2d3e4f5a6b';
  const copyOf = (more: Record<string, unknown>) => ({
    TenantId: '11112222-3333-4444-5555-666677778888',
    TimeGenerated: '2026-11-20T08:11:00Z',
    SystemAlertId: 'c0000073-0000-4000-8000-0000000000a1',
    DisplayName: 'Beacon',
    AlertSeverity: 'High',
    StartTime: '2026-11-20T07:45:07Z',
    Status: 'New',
    Entities: '[]',
    Type: 'SecurityAlert',
    ...more,
  });
  const graph = (id: string, service = 'microsoftDefenderForEndpoint') => ({
    '@odata.type': '#microsoft.graph.security.alert',
    id,
    tenantId: 'b3c1b5fc-828c-45fa-a1e1-10d74f6d6e9c',
    title: 'Beacon',
    severity: 'high',
    serviceSource: service,
    createdDateTime: '2026-11-20T08:00:36Z',
  });
  const endpoint = (id: string) => ({
    id,
    machineId: 'm',
    title: 'Beacon',
    severity: 'High',
    alertCreationTime: '2026-11-20T08:00:36Z',
    aadTenantId: 'b3c1b5fc-828c-45fa-a1e1-10d74f6d6e9c',
  });
  const hunting = (id: string) => ({
    Timestamp: '2026-11-20T08:00:36Z',
    AlertId: id,
    Title: 'Beacon',
    Severity: 'High',
    ServiceSource: 'Microsoft Defender for Endpoint',
  });
  const ofIncident = (id: string) => ({
    alertId: id,
    incidentId: 7,
    creationTime: '2026-11-20T08:00:36Z',
    title: 'Beacon',
    severity: 'High',
    serviceSource: 'MicrosoftDefenderForEndpoint',
  });

  it('a Defender alert from Graph, the endpoint API, hunting, its incident and Sentinel is one', () => {
    const id = 'da637551227677560813_-961444813';
    const doors = [
      graph(id),
      endpoint(id),
      hunting(id),
      ofIncident(id),
      copyOf({ ProductName: 'Microsoft Defender Advanced Threat Protection', VendorOriginalId: id }),
      copyOf({ ProviderName: 'MDATP', VendorOriginalId: id }),
      copyOf({ ProductName: 'Microsoft 365 Defender', ProviderAlertId: id }),
      copyOf({ ProductComponentName: 'Microsoft Defender for Endpoint', VendorOriginalId: id }),
      {
        properties: {
          systemAlertId: GUID,
          productName: 'Microsoft Defender XDR',
          providerAlertId: id,
          alertDisplayName: 'B',
        },
      },
    ];
    expect(new Set(doors.map((door) => keyOf(door))).size).toBe(1);
  });

  it('with the letters of its product before the GUID or without them', () => {
    const doors = [
      graph(`fa${GUID}`, 'microsoftDefenderForOffice365'),
      copyOf({ ProviderName: 'OATP', VendorOriginalId: GUID }),
      copyOf({ ProductName: 'Office 365 Advanced Threat Protection', VendorOriginalId: `fa${GUID}` }),
    ];
    expect(new Set(doors.map((door) => keyOf(door))).size).toBe(1);
    expect(keyOf(graph(`fa${GUID}`))).not.toBe(keyOf(graph(`fa${GUID.replace('0f', '1f')}`)));
  });

  it('a copy of no Defender product stays Sentinel’s own', () => {
    const scheduled = copyOf({
      ProviderName: 'ASI Scheduled Alerts',
      ProductName: 'Azure Sentinel',
      VendorOriginalId: GUID,
    });
    expect(read(scheduled).alert).toMatchObject({ id: 'c0000073-0000-4000-8000-0000000000a1' });
    expect(keyOf(scheduled)).not.toBe(keyOf(graph(GUID)));
    expect(read(copyOf({ ProductName: 'Microsoft Defender for Endpoint' })).alert.id).toBe(
      'c0000073-0000-4000-8000-0000000000a1',
    );
  });

  it('a Sentinel incident through trigger, ARM, SDK and table row', () => {
    const properties = {
      title: 'Sign-in from a rare country',
      severity: 'Medium',
      status: 'New',
      incidentNumber: 77,
      createdTimeUtc: '2026-11-20T08:12:00Z',
    };
    const arm = {
      id: `/subscriptions/s/resourceGroups/r/providers/Microsoft.OperationalInsights/workspaces/soc/providers/Microsoft.SecurityInsights/Incidents/${GUID}`,
      name: GUID,
      type: 'Microsoft.SecurityInsights/Incidents',
      properties,
    };
    const doors = [
      arm,
      {
        objectSchemaType: 'Incident',
        objectEventType: 'Update',
        workspaceId: '11112222-3333-4444-5555-666677778888',
        object: arm,
      },
      { ...arm, name: GUID.toUpperCase() },
      {
        TenantId: '11112222-3333-4444-5555-666677778888',
        IncidentName: GUID,
        IncidentNumber: 77,
        Title: 'Sign-in from a rare country',
        Severity: 'Medium',
        Status: 'New',
        CreatedTime: '2026-11-20T08:12:00Z',
        Type: 'SecurityIncident',
      },
    ];
    expect(doors.map((door) => read(door).report.dialect)).toEqual(doors.map(() => 'sentinel_incident'));
    expect(new Set(doors.map((door) => keyOf(door))).size).toBe(1);
  });
});

describe('a number that counts within a customer', () => {
  const offence = (more: Record<string, unknown> = {}) => ({
    id: 74711,
    description: 'Multiple Login Failures',
    offense_type: 3,
    offense_source: 'svc-backup',
    magnitude: 6,
    start_time: 1763625600000,
    ...more,
  });

  it('belongs to the customer of the record, else of the caller, else to its start time with a warning', () => {
    expect(keyOf(offence({ event_count: 77, last_updated_time: 1763629200000 }))).toBe(keyOf(offence()));
    expect(keyOf(offence({ start_time: 1763711600000 }))).not.toBe(keyOf(offence()));
    expect(read(offence()).report.warnings.join()).toContain('x-alertforest-tenant');

    expect(keyOf(offence(), 'north')).not.toBe(keyOf(offence(), 'south'));
    expect(keyOf(offence({ start_time: 1763711600000 }), 'north')).toBe(keyOf(offence(), 'north'));
    expect(read(offence(), 'north').report.warnings.join()).not.toContain('x-alertforest-tenant');
    // what the record says is not overridden
    expect(keyOf(offence({ domain_name: 'west' }), 'north')).toBe(keyOf(offence({ domain_name: 'west' })));
  });

  it('of a product nobody knows never hangs on a time that moves with its changes', () => {
    const ticket = (updated: string) => ({
      id: 4711,
      title: 'Odd login',
      severity: 'high',
      updated_at: updated,
    });
    expect(keyOf(ticket('2026-11-20T08:00:00Z'))).toBe(keyOf(ticket('2026-11-21T08:00:00Z')));
    const dated = (created: string) => ({ ...ticket('2026-11-21T08:00:00Z'), created_at: created });
    expect(keyOf(dated('2026-11-20T08:00:00Z'))).not.toBe(keyOf(dated('2026-11-19T08:00:00Z')));
  });

  it('so count Cortex, Defender incidents, Darktrace, Vectra and MISP', () => {
    const counters: readonly [JsonObject, string][] = [
      [
        {
          alert_id: '413',
          name: 'A',
          severity: 'high',
          detection_timestamp: 1763625600000,
          endpoint_id: 'e',
          matching_status: 'MATCHED',
        },
        'detection_timestamp',
      ],
      [
        {
          incidentId: 924565,
          incidentName: 'A',
          createdTime: '2026-11-20T08:00:00Z',
          severity: 'High',
          status: 'Active',
          alerts: [],
        },
        'createdTime',
      ],
    ];
    for (const [payload, time] of counters) {
      const other = {
        ...payload,
        [time]: typeof payload[time] === 'number' ? 1763711600000 : '2026-11-21T08:00:00Z',
      };
      expect(keyOf(other), time).not.toBe(keyOf(payload));
      expect(keyOf(other, 'north'), time).toBe(keyOf(payload, 'north'));
    }
  });

  it('is part of the key where the alert comes in our own form', () => {
    const alert = {
      id: '7',
      title: 'A',
      source: 'siem',
      severity: 'high',
      occurred_at: '2026-11-20T08:00:00Z',
    } as unknown as Alert;
    expect(alertKey({ ...alert, id_scope: 'a' })).not.toBe(alertKey({ ...alert, id_scope: 'b' }));
    expect(alertKey(alert)).not.toBe(alertKey({ ...alert, id_scope: 'a' }));
  });
});
