import { cellsOf } from '../../../reading/table-rows.ts';

/** Characters of a line in which its start is looked for, behind any syslog header. */
const MAX_HEADER = 512;
const START = /(?:^|[\s:])(\d{1,3},\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d,\w{1,32},THREAT,)/;

// Fields of a threat line by position, under the names of its syslog profile; '' is of no use here.
// @see https://docs.paloaltonetworks.com/pan-os/11-1/pan-os-admin/monitoring/use-syslog-for-monitoring/syslog-field-descriptions/threat-log-fields
const NAMES = (
  ',receive_time,serial,type,subtype,,time_generated,src,dst,natsrc,natdst,rule,srcuser,dstuser,app,vsys,from,to,' +
  'inbound_if,outbound_if,logset,,sessionid,repeatcnt,sport,dport,natsport,natdport,flags,proto,action,misc,threatid,' +
  'category,severity,direction,seqno,actionflags,srcloc,dstloc,,contenttype,pcap_id,filedigest,cloud,url_idx,user_agent,' +
  'filetype,xff,referer,sender,subject,recipient,reportid,,,,,vsys_name,device_name'
).split(',');
/** Cells without which a line is none: up to the severity. */
const MIN_CELLS = 35;

/** Whether a line holds a threat log of a Palo Alto Networks firewall in its CSV form. */
export function isPanThreatLine(line: string): boolean {
  return START.test(line.slice(0, MAX_HEADER));
}

/** The fields of such a line by name, empty ones left out. Undefined where the line ends before its severity. */
export function parsePanThreatLine(line: string): Record<string, string> | undefined {
  const start = START.exec(line.slice(0, MAX_HEADER));
  if (start === null) return undefined;
  const from = start.index + start[0].length - (start[1] as string).length;
  const cells = cellsOf(line.slice(from), ',');
  if (cells === undefined || cells.length < MIN_CELLS) return undefined;
  const record: Record<string, string> = {};
  for (const [position, name] of NAMES.entries()) {
    const cell = cells[position]?.trim();
    if (name !== '' && cell !== undefined && cell !== '') record[name] = cell;
  }
  return record;
}
