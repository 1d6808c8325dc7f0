import { describe, expect, it, vi } from 'vitest';
import { formatRows } from '../../scripts/formats.ts';
import { DIALECTS } from '../../src/intake/dialects/dialect-list.ts';
import { recogniseDialect } from '../../src/intake/dialects/recognise-dialect.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';

// the entry in dialect-list.ts
vi.mock('../../src/intake/dialects/dialect-list.ts', async (original) => {
  const { DIALECTS: known } = await original<typeof import('../../src/intake/dialects/dialect-list.ts')>();
  const { madeUpSensor } = await import('./made-up-sensor.ts');
  return { DIALECTS: [...known, madeUpSensor] };
});

const alarm = {
  kraken_alarm: {
    no: 'k-7',
    what: 'Tentacle sighted',
    at: '2026-03-02T09:00:00Z',
    arms: 5,
    ship: 'gw-1',
    sunk: false,
  },
};

describe('a dialect that is one file and one entry', () => {
  it('reads its payload, bare or in an envelope, and names itself', () => {
    for (const payload of [alarm, { alerts: [alarm] }]) {
      const { alert, report } = normalizeAlert(payload);
      expect(report.dialect).toBe('made_up_sensor');
      expect(alert).toMatchObject({
        id: 'k-7',
        title: 'Tentacle sighted',
        occurred_at: '2026-03-02T09:00:00.000Z',
        entities: [{ kind: 'host', value: 'gw-1', role: 'impacted' }],
      });
    }
  });

  it('leaves the payloads of the others alone', () => {
    expect(recogniseDialect({ kraken_alarms: 1, title: 'x' }).name).toBe('generic');
  });

  it('has its row in the documentation', () => {
    expect(formatRows(DIALECTS).split('\n').at(-2)).toBe(
      '| `made_up_sensor` | Made-up sensor alarm | `kraken_alarm` | `kraken_alarm.no` | `kraken_alarm.at` | `kraken_alarm.arms`, of 8 | - | `kraken_alarm.ship` |',
    );
  });
});
