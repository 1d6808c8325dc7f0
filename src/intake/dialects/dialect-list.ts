import { insightIdr } from './cases/insight-idr.ts';
import { iris } from './cases/iris.ts';
import { jiraIssue } from './cases/jira-issue.ts';
import { mispEvent } from './cases/misp-event.ts';
import { theHive } from './cases/thehive.ts';
import { awsDetective } from './cloud/aws-detective.ts';
import { awsGuardduty } from './cloud/aws-guardduty.ts';
import { awsInspector } from './cloud/aws-inspector.ts';
import { awsMacie } from './cloud/aws-macie.ts';
import { awsSecurityhub } from './cloud/aws-securityhub.ts';
import { googleScc } from './cloud/google-scc.ts';
import { googleSecops } from './cloud/google-secops.ts';
import { netskope } from './cloud/netskope.ts';
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
import { alertmanager } from './monitoring/alertmanager.ts';
import { apprise } from './monitoring/apprise.ts';
import { azureMonitor } from './monitoring/azure-monitor.ts';
import { datadogSignal } from './monitoring/datadog-signal.ts';
import { gelfMessage } from './monitoring/gelf-message.ts';
import { graphNotice } from './monitoring/graph-notice.ts';
import { graylogEvent } from './monitoring/graylog-event.ts';
import { opsgenie } from './monitoring/opsgenie.ts';
import { pagerduty } from './monitoring/pagerduty.ts';
import { subscriptionNotice } from './monitoring/subscription-notice.ts';
import { cefEvent } from './network/cef-event.ts';
import { crowdsec } from './network/crowdsec.ts';
import { darktrace } from './network/darktrace.ts';
import { fortigate } from './network/fortigate.ts';
import { leefEvent } from './network/leef-event.ts';
import { modsecurityAudit } from './network/modsecurity-audit.ts';
import { opencanary } from './network/opencanary.ts';
import { panThreat } from './network/pan-threat.ts';
import { snortAlert } from './network/snort-alert.ts';
import { suricataEve } from './network/suricata-eve.ts';
import { thinkstCanary } from './network/thinkst-canary.ts';
import { vectra } from './network/vectra.ts';
import { zeekNotice } from './network/zeek-notice.ts';
import { qradarOffense } from './siem/qradar-offense.ts';
import { splunkNotable } from './siem/splunk-notable.ts';
import { ossecAlert } from './wazuh/ossec-alert.ts';
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
  ossecAlert,
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
  subscriptionNotice,
  graphNotice,
  leefEvent,
  alertmanager,
  azureMonitor,
  googleScc,
  googleSecops,
  datadogSignal,
  awsInspector,
  awsMacie,
  awsDetective,
  netskope,
  opencanary,
  crowdsec,
  modsecurityAudit,
  fortigate,
  panThreat,
  zeekNotice,
  snortAlert,
  darktrace,
  vectra,
  theHive,
  iris,
  insightIdr,
  jiraIssue,
  mispEvent,
  graylogEvent,
  pagerduty,
  opsgenie,
  gelfMessage,
  apprise,
  ecsAlert,
];
