import { defenderGraphAlert } from './defender-graph-alert.ts';
import type { Dialect } from './dialect.ts';
import { sentinelAlert } from './sentinel-alert.ts';
import { sentinelIncident } from './sentinel-incident.ts';
import { suricataEve } from './suricata-eve.ts';
import { wazuhAlert } from './wazuh-alert.ts';

/** Every known vendor format, in the order they are asked. The first that recognises a payload reads it. */
export const DIALECTS: readonly Dialect[] = [
  sentinelAlert,
  sentinelIncident,
  defenderGraphAlert,
  wazuhAlert,
  suricataEve,
];
