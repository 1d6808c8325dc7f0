import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { AlertforestError } from '../../errors.ts';
import { type PartitionFigures, partitionFigures } from './partition-figures.ts';
import type { PlayedAlert } from './play.ts';

/** Alerts further apart begin a new group in the control that looks at time alone, seconds. */
const CONTROL_GAP_S = 3_600;

const incidentSchema = z.union([
  z
    .object({ IncidentName: z.string(), AlertIds: z.union([z.string(), z.array(z.string())]) })
    .transform(({ IncidentName, AlertIds }) => ({ name: IncidentName, alertIds: listOf(AlertIds) })),
  z
    .object({ id: z.string(), alert_ids: z.array(z.string()) })
    .transform(({ id, alert_ids }) => ({ name: id, alertIds: alert_ids })),
]);

function listOf(ids: string | readonly string[]): readonly string[] {
  return typeof ids === 'string' ? z.array(z.string()).parse(JSON.parse(ids)) : ids;
}

/**
 * Incident of each alert id, from a JSON array of Sentinel incidents (`IncidentName`, `AlertIds`) or of `{id,
 * alert_ids}`; .gz is unpacked.
 *
 * @throws AlertforestError REQUEST_INVALID where the file is no such array; the system's own error where it cannot be read
 */
export async function readIncidents(path: string): Promise<Map<string, string>> {
  const bytes = await readFile(path);
  try {
    const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
    const incidents = z.array(incidentSchema).parse(JSON.parse(text));
    return new Map(incidents.flatMap(({ name, alertIds }) => alertIds.map((id) => [id, name] as const)));
  } catch (cause) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected ${path} to be a JSON array of incidents with their alert ids.`,
      { cause },
    );
  }
}

export interface IncidentFigures extends PartitionFigures {
  /** Alerts that a known incident names. */
  readonly known_alerts: number;
  readonly known_incidents: number;
  /** Known incidents of which no alert was notable. */
  readonly unseen_incidents: number;
  /** What a gap of an hour gives, whatever the alerts are about. */
  readonly time_only: PartitionFigures;
}

/** Compares the incidents found with those known; an alert in none is its own group. */
export function incidentFigures(
  alerts: readonly PlayedAlert[],
  known: ReadonlyMap<string, string>,
): IncidentFigures {
  const named = alerts.flatMap((alert) => {
    const { alert: made, aliases = [] } = alert.stream;
    const id = [made().id, ...aliases].find((one) => known.has(one));
    const name = id === undefined ? undefined : known.get(id);
    return name === undefined ? [] : [{ alert, name }];
  });
  const truth = named.map(({ name }) => name);
  const seen = new Set(named.filter(({ alert }) => alert.incident !== undefined).map(({ name }) => name));
  const gapGroups: string[] = [];
  let group = 0;
  for (const [i, { alert }] of named.entries()) {
    if (i > 0 && alert.stream.atS - named[i - 1]!.alert.stream.atS > CONTROL_GAP_S) group++;
    gapGroups.push(String(group));
  }
  return {
    known_alerts: named.length,
    known_incidents: new Set(truth).size,
    unseen_incidents: new Set(truth).size - seen.size,
    ...partitionFigures(
      truth,
      named.map(({ alert }) => alert.incident?.id ?? `alone ${alert.stream.index}`),
    ),
    time_only: partitionFigures(truth, gapGroups),
  };
}
