import { awsGuardduty } from './aws-guardduty.ts';
import { awsSecurityhub } from './aws-securityhub.ts';
import { carbonBlack } from './carbon-black.ts';
import { cefEvent } from './cef-event.ts';
import { cortexXdr } from './cortex-xdr.ts';
import { crowdstrike } from './crowdstrike.ts';
import { defenderEndpointAlert } from './defender-endpoint-alert.ts';
import { defenderGraphAlert } from './defender-graph-alert.ts';
import { defenderHunting } from './defender-hunting.ts';
import { defenderIncident } from './defender-incident.ts';
import type { Dialect } from './dialect.ts';
import { ecsAlert, elasticAlert, wazuhFinding } from './elastic-alert.ts';
import { entraRisk } from './entra-risk.ts';
import { falco } from './falco.ts';
import { ocsfFinding } from './ocsf-finding.ts';
import { officeAlert } from './office-alert.ts';
import { oktaEvent } from './okta-event.ts';
import { proofpointTap } from './proofpoint-tap.ts';
import { qradarOffense } from './qradar-offense.ts';
import { sentinelAlert } from './sentinel-alert.ts';
import { sentinelIncident } from './sentinel-incident.ts';
import { sentinelone } from './sentinelone.ts';
import { sophos } from './sophos.ts';
import { splunkNotable } from './splunk-notable.ts';
import { suricataEve } from './suricata-eve.ts';
import { thinkstCanary } from './thinkst-canary.ts';
import { trendVisionOne } from './trend-vision-one.ts';
import { wazuhAlert } from './wazuh-alert.ts';
import { wiz } from './wiz.ts';

/**
 * Every known vendor format, in the order they are asked. The first that recognises a payload reads it; the Elastic
 * Common Schema comes last, since other products' records are shipped in its frame.
 */
export const DIALECTS: readonly Dialect[] = [
  sentinelAlert,
  sentinelIncident,
  defenderGraphAlert,
  defenderIncident,
  defenderEndpointAlert,
  defenderHunting,
  wazuhAlert,
  suricataEve,
  splunkNotable,
  elasticAlert,
  wazuhFinding,
  ocsfFinding,
  cefEvent,
  crowdstrike,
  sentinelone,
  qradarOffense,
  awsGuardduty,
  awsSecurityhub,
  cortexXdr,
  trendVisionOne,
  wiz,
  carbonBlack,
  proofpointTap,
  thinkstCanary,
  sophos,
  oktaEvent,
  entraRisk,
  officeAlert,
  falco,
  ecsAlert,
];
