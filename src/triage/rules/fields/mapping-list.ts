import type { Mapping } from './mapping.ts';
import { cloudtrail, guardduty, securityHub } from './mappings/aws.ts';
import { carbonBlack } from './mappings/carbon-black.ts';
import { gcpAudit, microsoftAudit, okta } from './mappings/cloud-audit.ts';
import { cortex } from './mappings/cortex.ts';
import { crowdstrike } from './mappings/crowdstrike.ts';
import { defender } from './mappings/defender.ts';
import { elasticCommonSchema } from './mappings/ecs.ts';
import { falco } from './mappings/falco.ts';
import { cef, flatNetwork } from './mappings/network-appliance.ts';
import { ocsf } from './mappings/ocsf.ts';
import { plain } from './mappings/plain.ts';
import { sentinel } from './mappings/sentinel.ts';
import { sentinelone } from './mappings/sentinelone.ts';
import { splunk } from './mappings/splunk.ts';
import { suricata } from './mappings/suricata.ts';
import { trend } from './mappings/trend.ts';
import { wazuh } from './mappings/wazuh.ts';

/** Every known mapping, most particular first; the first that recognises a payload reads it. */
export const MAPPINGS: readonly Mapping[] = [
  wazuh,
  suricata,
  ocsf,
  falco,
  crowdstrike,
  sentinelone,
  cortex,
  carbonBlack,
  guardduty,
  securityHub,
  cloudtrail,
  okta,
  gcpAudit,
  defender,
  trend,
  cef,
  microsoftAudit,
  splunk,
  elasticCommonSchema,
  sentinel,
  flatNetwork,
  plain,
];
