import type { JsonObject } from '../values/json-value.ts';
import { eventsOfTapAnswer } from './cloud/proofpoint-tap.ts';
import { alertsOfCortexIncident } from './edr/cortex-xdr.ts';
import { joinHuntingRecords } from './microsoft/defender-hunting.ts';
import { alertsOfIncident } from './microsoft/defender-incident.ts';
import { alertOfWazuhRow } from './wazuh/wazuh-row.ts';

/** Formats in which one record holds several alerts, or several records make one alert. */
export const EXPANDERS = {
  /** The alerts a record consists of, or undefined where it is a single alert or no known record. */
  record(record: JsonObject): readonly JsonObject[] | undefined {
    return (
      alertsOfIncident(record) ??
      alertsOfCortexIncident(record) ??
      eventsOfTapAnswer(record) ??
      alertOfWazuhRow(record)
    );
  },

  /** A list with the records that belong to one alert joined. */
  list(items: readonly unknown[]): readonly unknown[] {
    return items.length > 1 ? joinHuntingRecords(items) : items;
  },
};
