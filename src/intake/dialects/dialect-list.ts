import { awsGuardduty } from './cloud/aws-guardduty.ts';
import { awsSecurityhub } from './cloud/aws-securityhub.ts';
import { oktaEvent } from './cloud/okta-event.ts';
import { proofpointTap } from './cloud/proofpoint-tap.ts';
import { wiz } from './cloud/wiz.ts';
import type { Dialect } from './dialect.ts';
import { carbonBlack } from './edr/carbon-black.ts';
import { cortexXdr } from './edr/cortex-xdr.ts';
import { crowdstrike } from './edr/crowdstrike.ts';
import { falco } from './edr/falco.ts';
import { sentinelone } from './edr/sentinelone.ts';
import { sophos } from './edr/sophos.ts';
import { trendVisionOne } from './edr/trend-vision-one.ts';
import { ecsAlert, elasticAlert, wazuhFinding } from './elastic/elastic-alert.ts';
import { ocsfFinding } from './generic/ocsf-finding.ts';
import { defenderEndpointAlert } from './microsoft/defender-endpoint-alert.ts';
import { defenderGraphAlert } from './microsoft/defender-graph-alert.ts';
import { defenderHunting } from './microsoft/defender-hunting.ts';
import { defenderIncident } from './microsoft/defender-incident.ts';
import { entraRisk } from './microsoft/entra-risk.ts';
import { officeAlert } from './microsoft/office-alert.ts';
import { sentinelAlert } from './microsoft/sentinel-alert.ts';
import { sentinelIncident } from './microsoft/sentinel-incident.ts';
import { cefEvent } from './network/cef-event.ts';
import { suricataEve } from './network/suricata-eve.ts';
import { thinkstCanary } from './network/thinkst-canary.ts';
import { qradarOffense } from './siem/qradar-offense.ts';
import { splunkNotable } from './siem/splunk-notable.ts';
import { wazuhAlert } from './wazuh/wazuh-alert.ts';

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
