import { cloudtrail } from './hosts/cloudtrail.ts';
import { haproxy, squid } from './hosts/proxy-log.ts';
import { journal, sshd } from './hosts/sshd.ts';
import { w3cLog } from './hosts/w3c-log.ts';
import { webLog } from './hosts/web-log.ts';
import { webLogJson } from './hosts/web-log-json.ts';
import { windowsSecurity, windowsSecurityTable } from './hosts/windows-security.ts';
import type { LogFormat } from './log-format.ts';
import { argus } from './network/argus.ts';
import { asa } from './network/asa.ts';
import { awsVpc, awsVpcTable } from './network/aws-vpc.ts';
import { azureNsg, azureVnet } from './network/azure-flow.ts';
import { cicFlow } from './network/cic-flow.ts';
import { fortigate } from './network/fortigate.ts';
import { gcpVpc } from './network/gcp-vpc.ts';
import { nfdump, nfdumpJson } from './network/nfdump.ts';
import { nfstream } from './network/nfstream.ts';
import { nslKdd } from './network/nsl-kdd.ts';
import { suricataFlow } from './network/suricata-flow.ts';
import { tshark } from './network/tshark.ts';
import { zeek, zeekJson } from './network/zeek.ts';
import { labTable, standardJson, standardTable } from './standard-table.ts';

/** Every format that raw logs are read in; the first that recognises a file reads it, so the particular come first. */
export const LOG_FORMATS: readonly LogFormat[] = [
  zeek,
  w3cLog,
  nfstream,
  nfdump,
  argus,
  cicFlow,
  tshark,
  awsVpc,
  awsVpcTable,
  nslKdd,
  labTable,
  standardTable,
  windowsSecurityTable,
  suricataFlow,
  zeekJson,
  nfdumpJson,
  azureVnet,
  azureNsg,
  gcpVpc,
  cloudtrail,
  journal,
  windowsSecurity,
  webLogJson,
  standardJson,
  haproxy,
  fortigate,
  asa,
  sshd,
  webLog,
  squid,
];
