import { describe, expect, it } from 'vitest';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';

const ALERT = {
  SystemAlertId: 's-1',
  AlertName: 'A',
  AlertSeverity: 'High',
  TimeGenerated: '2025-01-01T00:00:00Z',
};
const OTHER = { ...ALERT, SystemAlertId: 's-2' };
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

describe('unwrapEnvelope', () => {
  const envelopes: readonly [string, unknown, unknown[]][] = [
    ['a list', [ALERT, OTHER], [ALERT, OTHER]],
    ['a Graph answer', { '@odata.context': 'x', value: [ALERT, OTHER] }, [ALERT, OTHER]],
    ['records', { records: [ALERT] }, [ALERT]],
    ['a batch of ours', { alerts: [ALERT, OTHER] }, [ALERT, OTHER]],
    ['an index document', { _index: 'i', _source: ALERT }, [{ _index: 'i', _id: undefined, ...ALERT }]],
    [
      'hits',
      { hits: { total: 1, hits: [{ _id: 'd', _source: ALERT }] } },
      [{ _id: 'd', _index: undefined, ...ALERT }],
    ],
    [
      'a Log Analytics answer',
      {
        tables: [
          {
            name: 'PrimaryResult',
            columns: [{ name: 'SystemAlertId' }, { name: 'AlertName' }],
            rows: [
              ['s-1', 'A'],
              ['s-2', 'B'],
            ],
          },
        ],
      },
      [
        { SystemAlertId: 's-1', AlertName: 'A' },
        { SystemAlertId: 's-2', AlertName: 'B' },
      ],
    ],
    [
      'an older Log Analytics table',
      { Columns: [{ ColumnName: 'SystemAlertId' }], Rows: [['s-1']] },
      [{ SystemAlertId: 's-1' }],
    ],
    [
      'an Event Hub batch of texts',
      [{ body: JSON.stringify({ records: [ALERT] }) }, { body: ALERT }],
      [ALERT, ALERT],
    ],
    ['Event Hub content in base64', { ContentData: base64({ records: [ALERT, OTHER] }) }, [ALERT, OTHER]],
    ['a Logic Apps body', { '$content-type': 'application/json', $content: base64(ALERT) }, [ALERT]],
    ['a webhook with headers', { headers: { a: 'b' }, body: ALERT }, [ALERT]],
    ['EventBridge', { 'detail-type': 'x', id: 'e', source: 'aws', detail: ALERT }, [ALERT]],
    ['SNS within SQS', { Records: [{ Sns: { Message: JSON.stringify(ALERT) } }] }, [ALERT]],
    [
      'a shipped line',
      { '@timestamp': 't', agent: { type: 'filebeat' }, message: JSON.stringify(ALERT) },
      [ALERT],
    ],
    ['text within text', JSON.stringify(JSON.stringify([ALERT])), [ALERT]],
    ['an empty list', { value: [] }, []],
    [
      'an alert with a list in it',
      { id: '1', title: 'T', events: [{ x: 1 }] },
      [{ id: '1', title: 'T', events: [{ x: 1 }] }],
    ],
    ['anything else', 17, [17]],
  ];
  for (const [name, payload, singles] of envelopes) {
    it(`opens ${name}`, () => {
      expect(unwrapEnvelope(payload)).toEqual(singles);
    });
  }

  it('gives the alerts of a Defender incident with its id and closing', () => {
    const incident = {
      incidentId: 7,
      incidentName: 'I',
      status: 'Resolved',
      classification: 'TruePositive',
      determination: 'Malware',
      alerts: [
        { alertId: 'a', title: 'A', severity: 'High', creationTime: '2025-01-01T00:00:00Z' },
        {
          alertId: 'b',
          title: 'B',
          severity: 'Low',
          creationTime: '2025-01-01T00:00:00Z',
          classification: 'FalsePositive',
          status: 'Resolved',
        },
      ],
    };
    const read = unwrapEnvelope({ value: [incident] }).map((single) => normalizeAlert(single));
    expect(read.map(({ alert }) => [alert.id, alert.incident_id, alert.severity])).toEqual([
      ['a', '7', 'high'],
      ['b', '7', 'low'],
    ]);
    expect(read.map(({ closing }) => closing?.outcome)).toEqual(['true_positive', 'false_positive']);
  });

  it('gives the alerts of a Cortex incident and the events of a Proofpoint answer', () => {
    const cortex = {
      incident: { incident_id: '9' },
      alerts: {
        total_count: 1,
        data: [
          {
            alert_id: 'x',
            detection_timestamp: 1_700_000_000_000,
            name: 'N',
            severity: 'low',
            endpoint_id: 'e',
          },
        ],
      },
    };
    expect(normalizeAlert(unwrapEnvelope(cortex)[0]).alert).toMatchObject({
      id: 'x',
      incident_id: '9',
      severity: 'low',
    });
    const tap = {
      queryEndTime: 'now',
      clicksBlocked: [{ id: 'c', clickTime: '2025-01-01T00:00:00Z', threatID: 't', classification: 'phish' }],
      messagesDelivered: [],
    };
    expect(normalizeAlert(unwrapEnvelope(tap)[0]).alert).toMatchObject({
      id: 'c',
      title: 'Proofpoint phish click blocked',
    });
  });

  it('refuses to read several alerts as one', () => {
    expect(() => normalizeAlert({ value: [ALERT, OTHER] })).toThrow('got an envelope with 2');
    expect(() => normalizeAlert([])).toThrow('got an empty list');
    expect(() => normalizeAlert(17)).toThrow('Expected one alert as an object or a CEF line, got number.');
  });
});

describe('a list longer than a request may be', () => {
  it('is refused by name after a look at its first elements, however many follow', () => {
    let nLookedAt = 0;
    const looked = (): object => {
      let isNew = true;
      const note = (): void => {
        if (isNew) nLookedAt++;
        isNew = false;
      };
      return new Proxy(
        {},
        {
          get: (target, key) => {
            note();
            return Reflect.get(target, key);
          },
          has: (target, key) => {
            note();
            return Reflect.has(target, key);
          },
          ownKeys: (target) => {
            note();
            return Reflect.ownKeys(target);
          },
        },
      );
    };
    const value = Array.from({ length: 20_000 }, looked);
    expect(() => unwrapEnvelope({ value }, 10)).toThrow(expect.objectContaining({ code: 'BATCH_TOO_LARGE' }));
    expect(nLookedAt).toBeLessThan(100);
  });
});
