import { cellsOf } from '../../reading/table-rows.ts';
import { ipAddress } from '../values/ip-address.ts';

const SNORT_TIME = /^(\d\d)\/(\d\d)(?:\/(\d{2,4}))?-(\d\d:\d\d:\d\d\.\d{1,6}) ?,/;
const UMBRELLA_TIME = /^"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d","/;
const UMBRELLA_CELLS = 13;
const MIN_SNORT_CELLS = 8;

/** Whether a text begins with a row of a product that writes tables without a header, in columns that it has fixed. */
export function hasFixedColumns(head: string): boolean {
  const first = head.slice(0, 4096).split(/\r\n|\n|\r/, 1)[0] ?? '';
  return parseFixedColumns(first.trim()) !== undefined;
}

/** A row of Cisco Umbrella's DNS log or of Snort's CSV; undefined for other lines. */
export function parseFixedColumns(line: string): Record<string, unknown> | undefined {
  if (UMBRELLA_TIME.test(line)) return umbrellaRow(cellsOf(line, ','));
  return SNORT_TIME.test(line) ? snortRow(line) : undefined;
}

/** @see https://docs.umbrella.com/deployment-umbrella/docs/dns-log-formats */
function umbrellaRow(cells: readonly string[] | undefined): Record<string, unknown> | undefined {
  if (cells === undefined || cells.length < UMBRELLA_CELLS) return undefined;
  const [
    timestamp,
    identity,
    ,
    internal,
    external,
    action = '',
    query,
    response,
    domain,
    all,
    type,
    ,
    blocked,
  ] = cells;
  if (!/^(allowed|blocked|proxied)$/i.test(action) || !/^\d{1,5} \(\w{1,16}\)$/.test(query ?? ''))
    return undefined;
  const categories = blocked || all || 'no category';
  return {
    product: 'Umbrella',
    vendor: 'Cisco',
    title: `${action}: ${categories}`,
    timestamp,
    action,
    category: categories,
    [/user/i.test(type ?? '')
      ? 'user_name'
      : /network|site/i.test(type ?? '')
        ? 'network_name'
        : 'computer_name']: identity?.split(' (', 1)[0],
    src_ip: internal || external,
    query_type: query,
    dns_response: response,
    query: domain?.replace(/\.$/, ''),
  };
}

/**
 * The row under the names of `alert_json`. Snort 3 writes addresses with their ports and `gid:sid:rev` in one cell, Snort
 * 2 each apart.
 *
 * @see https://docs.snort.org/start/alert_logging
 */
function snortRow(line: string): Record<string, unknown> | undefined {
  const cells = cellsOf(line.replace(/ {0,4}, {0,4}/g, ','), ',')?.map((cell) => cell.trim());
  const time = SNORT_TIME.exec(line);
  if (cells === undefined || cells.length < MIN_SNORT_CELLS || time === null) return undefined;
  const [, month, day, year, clock] = time;
  const timestamp =
    year === undefined ? cells[0] : `${year.length === 2 ? `20${year}` : year}-${month}-${day}T${clock}Z`;
  const at = cells.findIndex((cell) => /^\d{1,10}:\d{1,10}:\d{1,10}$/.test(cell));
  if (at > 0) {
    const rule = cells[at] as string;
    const ends = cells.slice(1, at).filter((cell) => ipAddress(cell.replace(/:\d{1,5}$/, '')) !== undefined);
    const [src_ap, dst_ap] = ends;
    const msg =
      cells.slice(at + 1).find((cell) => cell.includes(' ') && /[A-Za-z]{3}/.test(cell)) ?? `Rule ${rule}`;
    return { timestamp, pkt_num: cells[1], proto: cells[2], src_ap, dst_ap, rule, msg };
  }
  const [, gid = '', sid = '', rev = '', msg, proto, src_addr, src_port, dst_addr, dst_port] = cells;
  if (![gid, sid, rev].every((cell) => /^\d{1,10}$/.test(cell)) || !msg) return undefined;
  return { timestamp, msg, rule: `${gid}:${sid}:${rev}`, proto, src_addr, src_port, dst_addr, dst_port };
}
