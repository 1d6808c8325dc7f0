import type { Dialect } from '../../src/intake/dialects/dialect.ts';
import { at } from '../../src/intake/values/json-value.ts';

/** What a file in src/intake/dialects holds, for a sensor that does not exist. */
export const madeUpSensor: Dialect = {
  name: 'made_up_sensor',
  title: 'Made-up sensor alarm',
  reads: {
    recognisedBy: '`kraken_alarm`',
    id: '`kraken_alarm.no`',
    time: '`kraken_alarm.at`',
    severity: '`kraken_alarm.arms`, of 8',
    tactics: '-',
    entities: '`kraken_alarm.ship`',
  },
  verdictFields: ['kraken_alarm.sunk'],
  recognise: (payload) => 'kraken_alarm' in payload,
  toAlert: (payload, draft) => {
    draft.text('id', payload, 'kraken_alarm.no');
    draft.text('title', payload, 'kraken_alarm.what');
    draft.constant('source', 'made_up_sensor');
    draft.time('occurred_at', payload, 'kraken_alarm.at');
    draft.entity('host', at(payload, 'kraken_alarm.ship'), 'kraken_alarm.ship', 'impacted');
  },
  closingOf: () => undefined,
};
