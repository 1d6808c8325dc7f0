import { describe, expect, it } from 'vitest';
import { scoreEvents } from '../../integrations/event-hubs/score-events.ts';
import type { AlertPayload } from '../../integrations/typescript/alertforest-client.ts';
import type { BatchResult, Verdict } from '../../integrations/typescript/alertforest-schema.ts';

/** A service that scores what has an id and refuses the rest. */
function serviceOf() {
  const requests: (readonly AlertPayload[])[] = [];
  return {
    requests,
    async predictMany(alerts: readonly AlertPayload[]): Promise<BatchResult> {
      requests.push(alerts);
      return {
        results: alerts.map((alert, index) =>
          'id' in alert
            ? { index, verdict: { alert_id: String(alert.id) } as Verdict }
            : {
                index,
                error: {
                  type: 'urn:alertforest:error:alert_invalid',
                  title: 'Bad request',
                  status: 400,
                  code: 'ALERT_INVALID',
                  detail: 'Expected an id or a title.',
                  request_id: 'r1',
                },
              },
        ),
      };
    },
  };
}

describe('scoreEvents', () => {
  it('scores objects, text, bytes, arrays and envelopes in the order they came', async () => {
    const service = serviceOf();
    const { scored, rejected } = await scoreEvents(service, [
      { id: 'a' },
      '{"id":"b"}',
      new TextEncoder().encode('{"id":"c"}'),
      [{ id: 'd' }, { id: 'e' }],
      { records: [{ id: 'f' }] },
    ]);
    expect(scored.map(({ verdict }) => verdict.alert_id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(rejected).toEqual([]);
    expect(service.requests).toHaveLength(1);
  });

  it('sets bad events aside and scores their neighbours', async () => {
    const { scored, rejected } = await scoreEvents(serviceOf(), [
      { id: 'a' },
      'not json',
      7,
      { name: 'no id' },
      { id: 'z' },
    ]);
    expect(scored.map(({ verdict }) => verdict.alert_id)).toEqual(['a', 'z']);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      'Expected a JSON object, an array of them, or an envelope with records.',
      'Expected a JSON object, an array of them, or an envelope with records.',
      'ALERT_INVALID: Expected an id or a title.',
    ]);
  });

  it('splits what is too much for one request, by number and by size', async () => {
    const service = serviceOf();
    await scoreEvents(
      service,
      Array.from({ length: 1_001 }, (_, i) => ({ id: String(i) })),
    );
    expect(service.requests.map(({ length }) => length)).toEqual([500, 500, 1]);

    const large = serviceOf();
    const text = 'x'.repeat(3 * 1024 * 1024);
    await scoreEvents(
      large,
      [1, 2, 3, 4].map((id) => ({ id, text })),
    );
    expect(large.requests.map(({ length }) => length)).toEqual([2, 2]);
  });

  it('throws when the service fails, so that the batch comes again', async () => {
    const failing = {
      predictMany: async (): Promise<BatchResult> => {
        throw new Error('503');
      },
    };
    await expect(scoreEvents(failing, [{ id: 'a' }])).rejects.toThrow('503');
  });

  it('asks nothing of the service when there is nothing to score', async () => {
    const service = serviceOf();
    expect(await scoreEvents(service, [])).toEqual({ scored: [], rejected: [] });
    expect(service.requests).toEqual([]);
  });
});
