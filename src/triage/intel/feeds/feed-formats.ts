import { isObject } from '../../../intake/values/json-value.ts';
import { DEFAULT_JSON_LIMITS, JsonSyntaxError } from '../../../reading/json-limits.ts';
import { parseExactJson } from '../../../reading/read-json.ts';
import { type Reading, refused } from '../indicator.ts';
import { csvCells } from './csv-cells.ts';
import { FeedColumns } from './feed-columns.ts';
import { readFeedObject } from './feed-object.ts';
import { readHeaderlessRow } from './headerless-rows.ts';
import { readTextLine } from './text-line.ts';

// Columns of feeds that come without a header, or whose header is a comment, as their publishers document them.
const HEADERS: Readonly<Record<string, string>> = {
  'threatfox-csv-14':
    'first_seen_utc,ioc_id,ioc_value,ioc_type,threat_type,fk_malware,malware_alias,malware_printable,last_seen_utc,confidence_level,reference,tags,anonymous,reporter',
  'threatfox-csv-15':
    'first_seen_utc,ioc_id,ioc_value,ioc_type,threat_type,fk_malware,malware_alias,malware_printable,last_seen_utc,confidence_level,is_compromised,reference,tags,anonymous,reporter',
  'urlhaus-csv': 'id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter',
  'feodo-csv': 'first_seen_utc,dst_ip,dst_port,c2_status,last_online,malware',
  'malwarebazaar-csv':
    'first_seen_utc,sha256_hash,md5_hash,sha1_hash,reporter,file_name,file_type_guess,mime_type,signature,clamav,vtpercent,imphash,ssdeep,tlsh',
  'phishtank-csv': 'phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,target',
  'defender-csv':
    'IndicatorType,IndicatorValue,ExpirationTime,Action,Severity,Title,Description,RecommendedActions,RbacGroups,Category,MitreTechniques,GenerateAlert',
  'misp-csv': 'uuid,event_id,category,type,value,comment,to_ids,date',
  'tweetfeed-csv': 'time,user,type,value,tags,source',
};

const LINES = ['list', 'hosts', 'tor-exit-addresses', 'spamhaus-drop-text', 'ipsum'];
const OBJECTS = [
  'json-lines',
  'spamhaus-drop-json',
  'crowdsec-cti',
  'otx',
  'abuseipdb',
  'threatfox-json',
  'stix',
  'misp',
];

// Other names people have for the same shapes.
const ALIASES: Readonly<Record<string, string>> = {
  threatfox: 'threatfox-csv',
  urlhaus: 'urlhaus-csv',
  feodo: 'feodo-csv',
  malwarebazaar: 'malwarebazaar-csv',
  phishtank: 'phishtank-csv',
  defender: 'defender-csv',
  tweetfeed: 'tweetfeed-csv',
  'hosts-file': 'hosts',
  'spamhaus-drop': 'spamhaus-drop-text',
  'tor-bulk': 'list',
  plain: 'list',
  crowdsec: 'crowdsec-cti',
  jsonl: 'json-lines',
  ndjson: 'json-lines',
};

/** Shapes that can be asked for by name where a file does not tell its own. */
export const FEED_FORMATS: readonly string[] = [
  'threatfox-csv',
  ...Object.keys(HEADERS),
  ...LINES,
  ...OBJECTS,
];

/** Reads one row of a feed whose format is known by name. A comment or empty row gives undefined. */
export type RowReader = (row: string) => Reading | undefined;

/** The reader of a format by name; undefined where the name is none. `threatfox-csv` takes either width. */
export function rowReader(format: string): RowReader | undefined {
  if (Object.hasOwn(ALIASES, format)) return rowReader(ALIASES[format] as string);
  if (format === 'threatfox-csv') return readThreatfoxRow;
  if (format === 'misp-hashes-csv') return readHeaderlessRow;
  if (Object.hasOwn(HEADERS, format)) return delimitedReader((HEADERS[format] as string).split(','), ',');
  if (LINES.includes(format)) return readTextLine;
  return OBJECTS.includes(format) ? readJsonRow : undefined;
}

/** Reads rows under a header. */
export function delimitedReader(names: readonly string[], delimiter: string): RowReader {
  const columns = new FeedColumns(names);
  return (row) =>
    row.trim() === '' || row.startsWith('#') ? undefined : columns.read(csvCells(row, delimiter));
}

const threatfox = new Map(['14', '15'].map((width) => [Number(width), `threatfox-csv-${width}`]));

function readThreatfoxRow(row: string): Reading | undefined {
  if (row.trim() === '' || row.startsWith('#')) return undefined;
  const format = threatfox.get(csvCells(row, ',').length);
  return format === undefined ? refused('a row of another width') : rowReader(format)?.(row);
}

function readJsonRow(row: string): Reading | undefined {
  if (row.trim() === '') return undefined;
  try {
    const value = parseExactJson(row, DEFAULT_JSON_LIMITS);
    return isObject(value) ? readFeedObject(value) : refused('a line that is no object');
  } catch (error) {
    if (error instanceof JsonSyntaxError) return refused('a line that is no JSON');
    throw error;
  }
}

/**
 * The columns behind a first line, where it is a header: names, of which one holds indicators. `# "a","b"` is a header
 * too: abuse.ch comments it out.
 */
export function headerOf(
  line: string,
): { readonly names: readonly string[]; readonly delimiter: string } | undefined {
  const text = line
    .replace(/^\ufeff/, '')
    .replace(/^#+\s*/, '')
    .trim();
  if (text.length > 4096) return undefined;
  for (const delimiter of [',', '\t', ';', '|']) {
    if (!text.includes(delimiter)) continue;
    const names = csvCells(text, delimiter);
    const areNames = names.every((name) => /^[\p{L}_][\p{L}\p{N} _.()/-]{0,60}$/u.test(name));
    if (names.length > 1 && areNames && new FeedColumns(names).hasIndicators) return { names, delimiter };
  }
  return undefined;
}
