import { crowdstrike } from './crowdstrike.ts';
import { defenderEndpointAlert } from './defender-endpoint-alert.ts';
import { defenderGraphAlert } from './defender-graph-alert.ts';
import { defenderHunting } from './defender-hunting.ts';
import { defenderIncident } from './defender-incident.ts';
import type { Dialect } from './dialect.ts';
import { sentinelAlert } from './sentinel-alert.ts';
import { sentinelIncident } from './sentinel-incident.ts';
import { sentinelone } from './sentinelone.ts';
import { suricataEve } from './suricata-eve.ts';
import { wazuhAlert } from './wazuh-alert.ts';

/** Every known vendor format, in the order they are asked. The first that recognises a payload reads it. */
export const DIALECTS: readonly Dialect[] = [
  sentinelAlert,
  sentinelIncident,
  defenderGraphAlert,
  defenderIncident,
  defenderEndpointAlert,
  defenderHunting,
  wazuhAlert,
  suricataEve,
  crowdstrike,
  sentinelone,
];
