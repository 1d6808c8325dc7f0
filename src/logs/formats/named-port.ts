import { given, port, type Raw } from './cells.ts';
import type { Cell } from './log-row.ts';

/** Names that tools write in place of ports (IANA), for the services that logs are full of. */
const PORTS: Readonly<Record<string, number>> = {
  'ftp-data': 20,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  tftp: 69,
  http: 80,
  kerberos: 88,
  pop3: 110,
  sunrpc: 111,
  ntp: 123,
  epmap: 135,
  'netbios-ns': 137,
  'netbios-dgm': 138,
  'netbios-ssn': 139,
  imap2: 143,
  imap: 143,
  snmp: 161,
  'snmp-trap': 162,
  bgp: 179,
  ldap: 389,
  https: 443,
  'microsoft-ds': 445,
  submissions: 465,
  isakmp: 500,
  syslog: 514,
  submission: 587,
  ldaps: 636,
  imaps: 993,
  pop3s: 995,
  openvpn: 1194,
  'ms-sql-s': 1433,
  'radius-acct': 1813,
  radius: 1812,
  ssdp: 1900,
  nfs: 2049,
  mysql: 3306,
  'ms-wbt-server': 3389,
  'ipsec-nat-t': 4500,
  sip: 5060,
  mdns: 5353,
  llmnr: 5355,
  postgresql: 5432,
  'http-alt': 8080,
};

/** A port from its number or name, type and code of ICMP in hexadecimal included; an unknown name is no port. */
export function namedPort(raw: Raw): Cell {
  const value = given(raw);
  if (value === undefined) return undefined;
  if (/^[a-z]/i.test(value)) return PORTS[value.toLowerCase()];
  return port(value);
}
