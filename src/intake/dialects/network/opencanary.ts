import { type JsonObject, numberOf, objectOf, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

// Services by log type, hundreds to tens of thousands; opencanary/logger.py lists them.
const TYPES: Readonly<Record<number, string>> = {
  2000: 'FTP login attempt',
  3000: 'HTTP request',
  3001: 'HTTP login attempt',
  3002: 'HTTP request with an unusual method',
  4000: 'SSH connection',
  4001: 'SSH remote version sent',
  4002: 'SSH login attempt',
  5000: 'SMB file opened',
  5001: 'Port scan (SYN)',
  5002: 'Port scan (nmap OS)',
  5003: 'Port scan (nmap NULL)',
  5004: 'Port scan (nmap XMAS)',
  5005: 'Port scan (nmap FIN)',
  6001: 'Telnet login attempt',
  6002: 'Telnet connection',
  7001: 'HTTP proxy login attempt',
  8001: 'MySQL login attempt',
  9001: 'MSSQL login attempt (SQL)',
  9002: 'MSSQL login attempt (Windows)',
  9003: 'MSSQL request',
  10001: 'TFTP request',
  11001: 'NTP monlist request',
  12001: 'VNC login attempt',
  13001: 'SNMP request',
  14001: 'RDP login attempt',
  15001: 'SIP request',
  16001: 'Git clone request',
  17001: 'Redis command',
  18001: 'TCP banner connection',
  18002: 'TCP banner: alert text received',
  18003: 'TCP banner: keep-alive connection',
  18004: 'TCP banner: keep-alive secret received',
  18005: 'TCP banner: keep-alive data received',
  19001: 'LLMNR query answered',
};

/** An event of OpenCanary, from its webhook or log. It states no severity and no id. */
export const opencanary: Dialect = {
  name: 'opencanary',
  title: 'OpenCanary event',
  reads: {
    recognisedBy: '`logtype` with `node_id` (0.9.10 recorded)',
    id: 'none: fingerprint',
    time: '`local_time`, which is UTC',
    severity: 'not stated: unknown',
    tactics: '-',
    entities: 'both ends, the decoy, the user name tried',
  },
  verdictFields: [],

  recognise: (payload) => 'logtype' in payload && 'node_id' in payload && 'logdata' in payload,

  toAlert(payload, draft) {
    const type = numberOf(payload['logtype']);
    const known = type === undefined ? undefined : TYPES[type];
    draft.set(
      'title',
      known ?? `OpenCanary event of type ${textOf(payload['logtype']) ?? 'unknown'}`,
      'logtype',
    );
    draft.text('rule_id', payload, 'logtype');
    draft.constant('source', 'opencanary');
    draft.constant('vendor', 'Thinkst');
    // `local_time` is UTC in spite of its name, and the moment of the event; `utc_time` is when the record was made.
    draft.time('occurred_at', payload, 'local_time', 'utc_time');
    draft.entity('ip', payload['src_host'], 'src_host', 'attacker');
    draft.entity('ip', payload['dst_host'], 'dst_host', 'victim');
    draft.entity('host', payload['node_id'], 'node_id', 'victim');
    const data = objectOf(payload['logdata']) ?? {};
    // Passwords stand beside it and are left alone.
    for (const name of ['USERNAME', 'USER', 'UserName', 'Username'])
      draft.entity('user', data[name], `logdata.${name}`);
    draft.entity('file', data['FILENAME'], 'logdata.FILENAME');
    for (const name of ['logtype', 'node_id', 'src_port', 'dst_port']) draft.distinct(payload[name]);
  },

  skipOf(payload: JsonObject) {
    const type = numberOf(payload['logtype']);
    if (type === undefined || type < 1000 || type >= 2000) return undefined;
    return { code: 'sensor_status', reason: `Log type ${type} is a message of the sensor about itself.` };
  },
};
