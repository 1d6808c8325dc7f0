import type { JsonObject } from '../json-value.ts';
import { alertsOfCortexIncident } from './cortex-xdr.ts';
import { joinHuntingRecords } from './defender-hunting.ts';
import { alertsOfIncident } from './defender-incident.ts';
import { eventsOfTapAnswer } from './proofpoint-tap.ts';

/** Formats in which one record holds several alerts, or several records make one alert. */
export const EXPANDERS = {
  /** The alerts a record consists of, or undefined where it is a single alert or no known record. */
  record(record: JsonObject): readonly JsonObject[] | undefined {
    return alertsOfIncident(record) ?? alertsOfCortexIncident(record) ?? eventsOfTapAnswer(record);
  },

  /** A list with the records that belong to one alert joined. */
  list(items: readonly unknown[]): readonly unknown[] {
    return items.length > 1 ? joinHuntingRecords(items) : items;
  },
};
