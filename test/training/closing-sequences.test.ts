import { describe, expect, it } from 'vitest';
import { alertKey } from '../../src/alert/alert.ts';
import type { WireFeedbackResult } from '../../src/api/feedback/feedback.ts';
import { answerFeedback, type FeedbackServiceDeps } from '../../src/api/feedback/feedback-service.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { MemoryFeedbackStore } from '../../src/store/memory/memory-feedback-store.ts';
import { MemoryPredictionLog } from '../../src/store/memory/memory-prediction-log.ts';
import { snapshotOfAlert } from '../../src/triage/alert-scorer.ts';
import { type PlainState, RECORDS } from '../support/closing-records.ts';
import { entryOf } from '../support/prediction-log-contract.ts';

type Payload = Record<string, unknown>;
const ANA = 'ana@contoso.example';
const BEN = 'ben@contoso.example';
const CREATED = '2026-11-20T08:00:00Z';
/** The `nth` hour of the day after. */
const hour = (nth: number): string => `2026-11-21T${String(nth).padStart(2, '0')}:00:00Z`;

/** A service as far as judgements go, in memory; its clock moves a second with each look. */
class Soc {
  #nowMs = Date.UTC(2026, 10, 30);
  readonly #now = (): number => (this.#nowMs += 1_000);
  readonly #feedback = new MemoryFeedbackStore();
  readonly #predictions = new MemoryPredictionLog({ mode: 'wait', now: this.#now });
  readonly #deps: FeedbackServiceDeps = {
    feedback: this.#feedback,
    predictions: this.#predictions,
    snapshotOf: snapshotOfAlert,
    now: this.#now,
    normalize: (payload) => this.#read(payload),
    maxItems: 1_000,
    maxAlertBytes: 1_000_000,
    retrainAfter: 100,
    takeQuota: () => 0,
    spendQuota: () => {},
    noteJudged: async () => ({ pending: 0, queued: false }),
  };

  async predict(...alerts: readonly Payload[]): Promise<void> {
    for (const single of alerts) {
      const { alert, record } = this.#read(single);
      const entry = entryOf(alert.id, {
        snapshot: snapshotOfAlert(alert),
        scoredAt: '2026-11-20T08:05:00.000Z',
      });
      await this.#predictions.append([{ ...entry, payloadAt: record.changedAt, aliases: record.aliases }]);
    }
  }

  /** What one record was answered, by the count that rose; 'refused' for one that is open and unknown. */
  async post(payload: unknown): Promise<string> {
    const body = { bytes: Buffer.from(JSON.stringify(payload)), contentType: 'application/json' };
    const sender = { name: undefined, verified: false };
    try {
      const answer = await answerFeedback(body, sender, { requestId: 'r', debugMapping: false }, this.#deps);
      const names = ['accepted', 'duplicates', 'revised', 'superseded', 'withdrawn', 'no_label'] as const;
      return names.filter((name) => (answer.body as WireFeedbackResult)[name] > 0).join(' ');
    } catch {
      return 'refused';
    }
  }

  /** The label of the alert a payload is about, with the number of votes where it is not one. */
  async label(payload: unknown): Promise<string | null> {
    const sample = await this.#feedback.get(alertKey(this.#read(unwrapEnvelope(payload)[0]).alert));
    if (sample === undefined) return null;
    const { disposition } = sample.effective;
    return sample.votes.length === 1 ? disposition : `${disposition} by ${sample.votes.length} votes`;
  }

  #read(payload: unknown) {
    return normalizeAlert(payload, { receivedAt: new Date(this.#now()).toISOString() });
  }
}

/** What vendors without a word for harmless say instead. */
const HARMLESS: Readonly<Record<string, string>> = {
  carbon_black: 'fp',
  secops_alert: 'fp',
  thehive4: 'fp',
  thehive5: 'fp',
};
const LABELS = { tp: 'true_positive', fp: 'false_positive', benign: 'benign' } as const;

describe('a record of each vendor that closes', () => {
  for (const [vendor, build] of Object.entries(RECORDS)) {
    const last = (HARMLESS[vendor] ?? 'benign') as 'fp' | 'benign';
    // Google's cases have no word for a false positive.
    const other = vendor === 'secops_case' ? 'benign' : 'fp';
    const closed = (w: PlainState['w'], t: number, o = BEN): Payload =>
      build({ s: 'closed', w, o, t: hour(t) });
    const open = (t: number): Payload => build({ s: 'open', o: BEN, t: hour(t) });
    const scored = build({ s: 'open', o: '', t: '2026-11-20T08:01:00Z' });

    it(`of ${vendor} is one state, however it is changed and sent`, async () => {
      const soc = new Soc();
      await soc.predict(unwrapEnvelope(scored)[0] as Payload);
      const steps: readonly [string, Payload, string, string | null][] = [
        ['closed', closed('tp', 2, ANA), 'accepted', LABELS.tp],
        ['sent again', closed('tp', 2, ANA), 'duplicates', LABELS.tp],
        ['an older closing', closed(other, 1, ANA), 'superseded', LABELS.tp],
        ['reassigned', closed('tp', 3), 'revised', LABELS.tp],
        ['classified anew', closed(other, 4), 'revised', LABELS[other]],
        ['reopened', open(5), 'withdrawn', null],
        ['the closing before, late', closed(other, 4), 'superseded', null],
        ['closed again', closed(last, 6), 'accepted', LABELS[last]],
      ];
      for (const [what, payload, status, label] of steps) {
        expect(await soc.post(payload), what).toBe(status);
        expect(await soc.label(payload), what).toBe(label);
      }
    });

    it(`of ${vendor} ends as its newest state in a list in any order`, async () => {
      const states = [closed('tp', 2, ANA), closed(other, 4), open(5), closed('tp', 7, ANA)];
      for (const order of [states.toReversed(), [states[2], states[0], states[3], states[1]]]) {
        const soc = new Soc();
        await soc.predict(unwrapEnvelope(scored)[0] as Payload);
        await soc.post(order);
        expect(await soc.label(states[3])).toBe(LABELS.tp);
      }
    });

    it(`of ${vendor}: an older closing that arrives after the first open state does not count`, async () => {
      const soc = new Soc();
      await soc.post(open(5));
      await soc.post(closed('tp', 2, ANA));
      expect(await soc.label(open(5))).toBeNull();
    });
  }
});

const guid = (end: string): string => `0f3a9c1e-7d52-4e7b-9a55-1c2d3e4f5a${end}`;
const WORKSPACE = guid('00');
const sentinelAlert = (id: string): Payload => ({
  TenantId: WORKSPACE,
  TimeGenerated: CREATED,
  SystemAlertId: id,
  DisplayName: `T ${id}`,
  AlertSeverity: 'High',
  ProviderName: 'ASI Scheduled Alerts',
  ProductName: 'Azure Sentinel',
  StartTime: CREATED,
  Status: 'New',
  Entities: '[]',
  Type: 'SecurityAlert',
});
const copyOf = (id: string, original: string): Payload => ({
  ...sentinelAlert(id),
  ProviderName: 'MDATP',
  ProductName: 'Microsoft Defender Advanced Threat Protection',
  VendorOriginalId: original,
});
const row = (name: string, ids: readonly string[], nth: number, more: Payload = {}): Payload => ({
  TenantId: WORKSPACE,
  TimeGenerated: hour(nth),
  IncidentName: name,
  IncidentNumber: 7,
  Title: 'T',
  Severity: 'High',
  Status: 'Closed',
  Classification: 'TruePositive',
  Owner: JSON.stringify({ userPrincipalName: ANA }),
  CreatedTime: CREATED,
  FirstActivityTime: CREATED,
  LastModifiedTime: hour(nth),
  AlertIds: JSON.stringify(ids),
  Labels: '[]',
  Type: 'SecurityIncident',
  ...more,
});
const arm = (name: string, nth: number, more: Payload = {}): Payload => ({
  id: `/subscriptions/s/resourceGroups/r/providers/Microsoft.OperationalInsights/workspaces/soc/providers/Microsoft.SecurityInsights/Incidents/${name}`,
  name,
  type: 'Microsoft.SecurityInsights/Incidents',
  properties: {
    title: 'T',
    severity: 'High',
    status: 'Active',
    owner: { userPrincipalName: ANA },
    createdTimeUtc: CREATED,
    lastModifiedTimeUtc: hour(nth),
    incidentNumber: 7,
    labels: [],
    ...more,
  },
});
const graphAlert = (id: string, more: Payload = {}): Payload => ({
  '@odata.type': '#microsoft.graph.security.alert',
  id,
  incidentId: '9',
  status: 'new',
  severity: 'high',
  classification: null,
  determination: null,
  assignedTo: null,
  serviceSource: 'microsoftDefenderForEndpoint',
  tenantId: guid('01'),
  title: 'T',
  createdDateTime: CREATED,
  firstActivityDateTime: CREATED,
  lastUpdateDateTime: CREATED,
  evidence: [],
  ...more,
});
const graphClosed = (id: string, classification: string, nth: number): Payload =>
  graphAlert(id, {
    status: 'resolved',
    classification,
    determination: 'other',
    assignedTo: ANA,
    lastUpdateDateTime: hour(nth),
  });
const graphIncident = (id: string, nth: number, more: Payload = {}): Payload => ({
  '@odata.type': '#microsoft.graph.security.incident',
  id,
  tenantId: guid('01'),
  displayName: 'T',
  severity: 'high',
  status: 'resolved',
  classification: 'truePositive',
  determination: 'malware',
  assignedTo: ANA,
  createdDateTime: CREATED,
  lastUpdateDateTime: hour(nth),
  incidentWebUrl: 'https://x.example',
  ...more,
});
const apiAlert = (id: string, more: Payload = {}): Payload => ({
  alertId: id,
  incidentId: 924565,
  serviceSource: 'MicrosoftDefenderForEndpoint',
  creationTime: CREATED,
  title: 'T',
  severity: 'High',
  status: 'New',
  classification: null,
  ...more,
});
const apiIncident = (alerts: readonly Payload[], nth: number, more: Payload = {}): Payload => ({
  incidentId: 924565,
  incidentName: 'T',
  createdTime: CREATED,
  lastUpdateTime: hour(nth),
  assignedTo: ANA,
  classification: 'TruePositive',
  determination: 'Malware',
  status: 'Resolved',
  severity: 'High',
  alerts,
  ...more,
});

describe('an incident and its alerts', () => {
  it('merged in Sentinel: the members follow where it went, the husk says nothing', async () => {
    const soc = new Soc();
    const [a, b] = [sentinelAlert(guid('a1')), sentinelAlert(guid('a2'))];
    await soc.predict(a, b);
    await soc.post(row(guid('01'), [guid('a1')], 1));
    expect(await soc.label(a)).toBe('true_positive');
    const husk = row(guid('01'), [], 2, { Classification: 'Undetermined', mergedInto: guid('02') });
    await soc.post(husk);
    await soc.post(row(guid('02'), [guid('a2')], 3, { Classification: 'FalsePositive' }));
    expect([await soc.label(a), await soc.label(b), await soc.label(husk)]).toEqual([
      'false_positive',
      'false_positive',
      null,
    ]);
  });

  it('redirected in Defender, out of an expanded answer', async () => {
    const soc = new Soc();
    const [a, b] = [graphAlert('da1'), graphAlert('da2', { incidentId: '10' })];
    await soc.predict(a, b);
    await soc.post(graphIncident('9', 1, { alerts: [a] }));
    expect(await soc.label(a)).toBe('true_positive');
    await soc.post(
      graphIncident('9', 2, { status: 'redirected', redirectIncidentId: '10', classification: 'unknown' }),
    );
    await soc.post(graphIncident('10', 3, { classification: 'falsePositive' }));
    expect([await soc.label(a), await soc.label(b)]).toEqual(['false_positive', 'false_positive']);
  });

  it('closed as a whole: an alert’s own word stays, and stays where the incident is reopened', async () => {
    const soc = new Soc();
    const [a, b] = [graphAlert('da1'), graphAlert('da2')];
    await soc.predict(a, b);
    await soc.post(graphClosed('da2', 'falsePositive', 1));
    await soc.post(graphIncident('9', 2));
    expect([await soc.label(a), await soc.label(b)]).toEqual(['true_positive', 'false_positive']);
    await soc.post(graphIncident('9', 3, { status: 'active' }));
    expect([await soc.label(a), await soc.label(b)]).toEqual([null, 'false_positive']);
  });

  it('listed with its alerts and later alone is one record', async () => {
    const soc = new Soc();
    const a = graphAlert('da1');
    await soc.predict(a);
    await soc.post(graphIncident('9', 1, { alerts: [a] }));
    expect(await soc.label(a)).toBe('true_positive');
    await soc.post(graphIncident('9', 2, { status: 'active' }));
    expect(await soc.label(a)).toBeNull();

    const [c, d] = [
      apiAlert('da3'),
      apiAlert('da4', {
        status: 'Resolved',
        classification: 'FalsePositive',
        assignedTo: ANA,
        lastUpdatedTime: hour(1),
      }),
    ];
    await soc.predict(c, d);
    await soc.post(apiIncident([c, d], 2));
    expect([await soc.label(c), await soc.label(d)]).toEqual(['true_positive', 'false_positive']);
    await soc.post(apiIncident([], 3, { status: 'Active' }));
    expect([await soc.label(c), await soc.label(d)]).toEqual([null, 'false_positive']);
  });

  it('of Sentinel labels the Defender alerts whose copies it names, and their own word wins', async () => {
    const soc = new Soc();
    const [alert, copy] = [graphAlert('da7'), copyOf(guid('c1'), 'da7')];
    await soc.predict(alert, copy);
    await soc.post(row(guid('03'), [guid('c1')], 1));
    expect([await soc.label(alert), await soc.label(copy)]).toEqual(['true_positive', 'true_positive']);
    await soc.post(graphClosed('da7', 'falsePositive', 2));
    expect(await soc.label(copy)).toBe('false_positive');

    // where Sentinel's copy alone was scored
    const lone = copyOf(guid('c2'), 'da8');
    await soc.predict(lone);
    await soc.post(graphClosed('da8', 'truePositive', 1));
    await soc.post(row(guid('04'), [guid('c2')], 2, { Classification: 'FalsePositive' }));
    expect(await soc.label(lone)).toBe('true_positive');
  });

  it('through three doors is one state, whichever was first', async () => {
    const soc = new Soc();
    const a = sentinelAlert(guid('a1'));
    await soc.predict(a);
    await soc.post(row(guid('05'), [guid('a1')], 1));
    await soc.post(arm(guid('05'), 2, { status: 'Closed', classification: 'FalsePositive' }));
    expect(await soc.label(a)).toBe('false_positive');
    await soc.post({ objectSchemaType: 'Incident', workspaceId: WORKSPACE, object: arm(guid('05'), 3) });
    expect(await soc.label(a)).toBeNull();
    expect(await soc.post(row(guid('05'), [guid('a1')], 2, { Classification: 'BenignPositive' }))).toContain(
      'superseded',
    );
    expect(await soc.label(a)).toBeNull();

    // ARM names the workspace that the alert's table numbers
    const b = sentinelAlert(guid('a9'));
    await soc.predict(b);
    const alerts = [{ name: guid('a9'), properties: { systemAlertId: guid('a9') } }];
    await soc.post(arm(guid('06'), 2, { status: 'Closed', classification: 'TruePositive', alerts }));
    expect(await soc.label(b)).toBe('true_positive');
  });

  it('in one request with closings of its alerts, newest first', async () => {
    const soc = new Soc();
    const [a, b] = [graphAlert('da1'), graphAlert('da2')];
    await soc.predict(a, b);
    await soc.post([
      graphClosed('da1', 'falsePositive', 5),
      graphIncident('9', 4),
      graphClosed('da1', 'truePositive', 1),
      graphIncident('9', 2, { classification: 'falsePositive' }),
    ]);
    expect([await soc.label(a), await soc.label(b)]).toEqual(['false_positive', 'true_positive']);
  });
});
