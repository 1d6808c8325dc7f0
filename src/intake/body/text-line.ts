import { keyValuePairs } from '../dialects/generic/key-value-text.ts';
import { cefStart, parseCefLine } from '../dialects/network/cef-line.ts';
import { parseCiscoLine } from '../dialects/network/cisco-line.ts';
import { leefStart, parseLeefLine } from '../dialects/network/leef-line.ts';
import { parsePanThreatLine } from '../dialects/network/pan-line.ts';
import { parseSnortLine } from '../dialects/network/snort-line.ts';
import { alertShape } from '../envelope/alert-shape.ts';
import { withNote } from '../envelope/carriage.ts';
import { parseLineInWords, parseProductLine } from '../lines/log-line.ts';
import { endOfStructure, logLine } from '../lines/syslog-header.ts';
import { Unread } from '../unread.ts';
import { isPlainAddress } from '../values/ip-address.ts';
import { parseJson } from '../values/json-text.ts';
import { isObject } from '../values/json-value.ts';
import { headerTime } from './header-time.ts';
import { closeCutDocument, endOfDocument } from './json-documents.ts';
import { powershellObject } from './powershell-texts.ts';
import { xmlBehindPrefix } from './xml-record.ts';

export const CUT_OFF = 'The JSON text is cut off: what came whole was read.';
/** Pairs that a line must have to be taken for key=value text, and their share of it. */
const MIN_PAIRS = 3;

/** The record in one line of text: JSON or XML behind any prefix, CEF, LEEF, PAN threat, Snort fast, key=value pairs, PowerShell's `@{}`. */
export function recordOfLine(line: string, lineNumber?: number): unknown {
  const cef = cefStart(line);
  if (cef >= 0) {
    const record = parseCefLine(line);
    if (record !== undefined) return record;
  }
  if (leefStart(line) >= 0) {
    const record = parseLeefLine(line);
    if (record !== undefined) return record;
  }
  const pan = parsePanThreatLine(line);
  if (pan !== undefined) return pan;
  const xml = xmlBehindPrefix(line);
  if (xml !== undefined) return xml;
  const bracketed = bracketedPairs(line);
  if (bracketed !== undefined) return bracketed;
  const json = jsonBehindPrefix(line);
  if (json !== undefined) return json;
  const cisco = parseCiscoLine(line);
  if (cisco !== undefined) return cisco;
  const snort = parseSnortLine(line);
  if (snort !== undefined) return snort;
  const product = parseProductLine(line);
  if (product !== undefined) return product;
  const powershell = powershellObject(line.trim());
  if (powershell !== undefined) return powershell;
  const pairs = pairsOfLine(line) ?? labelledPairs(line);
  if (pairs !== undefined) return pairs;
  const words = parseLineInWords(line);
  if (words !== undefined) return words;
  if (SIGN_OF_LIFE.test(line)) return { event_type: 'heartbeat' };
  return new Unread(`Expected JSON, CEF, LEEF or key=value pairs, got ${shown(line)}.`, lineNumber);
}

const SIGN_OF_LIFE = /^\s{0,8}(heart[ -]?beat|keep-?alive)\s{0,8}$/i;

const BRACKETED = /\[(\w{1,32}) "((?:[^"\\]|\\.)*)"\]/g;
const IN_BRACKETS = /^(?:[^[]{0,80})\[([^\]"]{8,40})\]/;

/**
 * What ModSecurity writes into a web server's error log: `[client 192.0.2.4] ModSecurity: Warning. … [id "942100"]
 * [msg "…"] [unique_id "…"]`, whose id is the rule's.
 */
function bracketedPairs(line: string): Record<string, unknown> | undefined {
  if (!line.includes(' "') || !line.includes('[unique_id "')) return undefined;
  const pairs: Record<string, string> = {};
  for (const [, name = '', value = ''] of line.slice(0, MAX_BRACKETED).matchAll(BRACKETED))
    if (name !== '__proto__' && value !== '') pairs[name] ??= value;
  // `file` and `line` are where the rule stands.
  const { id, file: _file, line: _line, ...others } = pairs;
  const client = /\[client ([0-9a-fA-F.:]{3,64})\]/.exec(line.slice(0, MAX_MESSAGE))?.[1];
  const time = IN_BRACKETS.exec(line.slice(0, 200))?.[1];
  return Object.keys(others).length < MIN_PAIRS
    ? undefined
    : {
        ...(time === undefined ? {} : { time }),
        ...(client === undefined ? {} : { client }),
        ...(id === undefined ? {} : { rule_id: id }),
        product: 'ModSecurity',
        ...others,
      };
}

const MAX_BRACKETED = 64 * 1024;

/** JSON in a line, behind a syslog header or any other words. A document that does not end is read as far as it goes. */
function jsonBehindPrefix(line: string): unknown {
  const start = line.search(/\{\s*"|\[\s*[{"]|\{\s*\}/);
  if (start < 0) return undefined;
  const end = endOfDocument(line, start);
  const text = end === undefined ? closeCutDocument(line, start) : line.slice(start, end);
  if (text === undefined) return undefined;
  try {
    const value = parseJson(text);
    return end === undefined ? cutOff(value) : value;
  } catch {
    return undefined;
  }
}

/** The value with a warning that it was cut off. */
export function cutOff(value: unknown): unknown {
  if (isObject(value)) return withNote(value, CUT_OFF);
  return Array.isArray(value)
    ? value.map((item, index) =>
        index === value.length - 1 && isObject(item) ? withNote(item, CUT_OFF) : item,
      )
    : value;
}

/** The pairs of a line that is made of `key=value`; undefined for prose in which some happen to stand. */
export function pairsOfLine(line: string): Record<string, unknown> | undefined {
  const structured = structuredSyslog(line);
  if (structured !== undefined) return structured;
  const text = line.replace(/^<\d{1,3}>/, '').replace(OF_TRANSPORT, '-');
  const first = text.search(/(^|[\s:;,|])[A-Za-z_][\w.-]{0,63}=/);
  if (first < 0 || first > 200) return undefined;
  const body = text.slice(first);
  const pairs = barredPairs(body) ?? (first === 0 ? barePairs(body) : undefined) ?? keyValuePairs(body);
  const names = Object.keys(pairs);
  if (names.length < MIN_PAIRS) return undefined;
  let covered = 0;
  for (const name of names) {
    const value = pairs[name] as string | string[];
    covered += name.length + 2 + (typeof value === 'string' ? value.length : value.join('').length);
  }
  // Behind a syslog header the words between the pairs are the product's own.
  if (covered < body.length * (text === line ? 0.6 : 0.35)) return undefined;
  const header = first === 0 ? '' : text.slice(0, first);
  const time = headerTime(header);
  // `… signature=1:28423:1 src=198.51.100.7 message: Exploit kit`
  const message = behindLabel(text) ?? saidBefore(header, pairs);
  // `… Deny 1-Trusted 0-External tcp 192.0.2.4 198.51.100.4 5000 80 msg="…"`: values between the pairs, behind the host
  const words = text.slice(0, MAX_MESSAGE).split(' ').slice(BEFORE_TAG).join(' ');
  const isRest = HAS_ADDRESS.test(words) && !Object.values(pairs).some(isAddress);
  nameMessageType(pairs);
  return {
    ...(time === undefined ? {} : { syslog_time: time }),
    ...(isRest ? { syslog_header: words } : {}),
    ...(message === undefined || 'message' in pairs || 'msg' in pairs ? {} : { message }),
    ...pairs,
  };
}

/** What stands between the header and the pairs that say nothing of it themselves: `kernel: [12.3] DROP IN=eth0 …`. */
function saidBefore(header: string, pairs: Record<string, unknown>): string | undefined {
  if (header === '' || alertShape(pairs).hasAnyTitle) return undefined;
  const { message = '', program } = logLine(header) ?? {};
  const said = message.replace(/^\[[\d. ]{1,24}\]/, '').trim();
  if (said.length <= 2) return undefined;
  return program === undefined ? said : `${program}: ${said}`;
}

/** A short `id` beside what counts the rule's changes or its part of the product is the type of the message. */
function nameMessageType(pairs: Record<string, unknown>): void {
  if (!/^\d{1,8}$/.test(String(pairs['id'] ?? ''))) return;
  if (!['rev', 'sub', 'sid'].some((name) => name in pairs)) return;
  pairs['msgid'] = pairs['id'];
  delete pairs['id'];
}

function behindLabel(text: string): string | undefined {
  const label = [' message: ', ' msg: '].find((one) => text.includes(one));
  return label === undefined
    ? undefined
    : text.slice(text.indexOf(label) + label.length).slice(0, MAX_MESSAGE);
}

const MAX_MESSAGE = 4_200;
/** Words of a syslog header before what the program writes: a time of one to three words, and the host. */
const BEFORE_TAG = 4;
const isAddress = (value: unknown): boolean => typeof value === 'string' && isPlainAddress(value);
const HAS_ADDRESS = /(^| )\d{1,3}(\.\d{1,3}){3}( |$)/;

/** Pairs between bars, whose values may hold blanks: `id=1|title=Odd login|severity=High`. */
function barredPairs(text: string): Record<string, string> | undefined {
  const parts = text.split('|', MAX_PARTS);
  if (parts.length < MIN_PAIRS || !parts.every((part) => /^\s{0,4}[A-Za-z_][\w.-]{0,63}=/.test(part)))
    return undefined;
  return pairsOf(parts, '=');
}

/** Pairs without any quote whose values may hold blanks: a value ends where the next name begins. */
function barePairs(text: string): Record<string, string> | undefined {
  if (/["']/.test(text)) return undefined;
  const parts = text.split(/[\s,;]{1,8}(?=[A-Za-z_][\w.-]{0,63}=)/, MAX_PARTS);
  return parts.length < MIN_PAIRS || parts.length === MAX_PARTS ? undefined : pairsOf(parts, '=');
}

const MAX_PARTS = 500;
const LABEL_BEGINS = /,(?=[A-Z][A-Za-z ()]{1,40}:(?: |,|$))/;
const PLAIN_LABEL_BEGINS = /[,!] (?=[A-Za-z][A-Za-z /]{1,40}: )/;

/**
 * A line of fields behind labels, as Symantec Endpoint Protection writes it: `Virus found,IP Address: 192.0.2.4,Computer
 * name: WS-1,…`. What stands before the first label is the title. Undefined for other lines.
 */
function labelledPairs(line: string): Record<string, string> | undefined {
  const parts = line.split(LABEL_BEGINS, MAX_PARTS);
  if (parts.length < 2 * MIN_PAIRS) return plainLabelledPairs(line);
  const [first = ''] = parts;
  const pairs = pairsOf(
    parts.filter((part) => part.includes(':')),
    ':',
  );
  return first.includes(':') || first.trim() === '' ? pairs : { title: first.trim(), ...pairs };
}

/** The same in small letters behind a header and a sentence: `… Threat@IPS: From 192.0.2.4:5 to …, threat name: X, …`. */
function plainLabelledPairs(line: string): Record<string, string> | undefined {
  const parts = line.split(PLAIN_LABEL_BEGINS, MAX_PARTS);
  const header = logLine(line);
  if (parts.length <= MIN_PAIRS || header === undefined) return undefined;
  const [first = '', ...labelled] = parts;
  const sentence = logLine(first)?.message.trim() ?? '';
  return {
    ...(header.time === undefined ? {} : { syslog_time: header.time }),
    ...(sentence === '' ? {} : { message: sentence }),
    ...pairsOf(labelled, ':'),
  };
}

function pairsOf(parts: readonly string[], mark: '=' | ':'): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const part of parts) {
    const at = part.indexOf(mark);
    const name = part.slice(0, at).trim();
    const value = unquoted(part.slice(at + 1).trim());
    if (value !== '' && name !== '' && name !== '__proto__' && !Object.hasOwn(pairs, name))
      pairs[name] = value;
  }
  return pairs;
}

const unquoted = (text: string): string =>
  text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;

// <134>1 2026-11-20T08:00:00Z host app procid msgid [id name="value" …] message
const RFC_5424 = /^<\d{1,3}>1 (\S{1,64}) (\S{1,255}) (.{1,128}?) (\S{1,128}) (\S{1,64}) (?=\[)/;

/**
 * A syslog line of RFC 5424 by its structured data: the parameters, and what the header and the message say beside them.
 * Check Point writes the parameters as `name:"value";`. Undefined for other lines, and for ones without parameters.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5424#section-6
 */
function structuredSyslog(line: string): Record<string, unknown> | undefined {
  const head = line.slice(0, 1024);
  const header = RFC_5424.exec(head) ?? SHORT_5424.exec(head);
  if (header === null) return undefined;
  const from = header[0].length;
  const end = endOfStructure(line, from);
  const data = line.slice(from, end).replace(OF_TRANSPORT, '');
  const pairs = { ...keyValuePairs(data), ...keyValuePairs(data, ':') };
  if (Object.keys(pairs).length < MIN_PAIRS) return undefined;
  const message = line.slice(end).trim();
  const [, time, host] = header;
  return {
    syslog_time: time,
    ...(host === '-' ? {} : { syslog_host: host }),
    ...pairs,
    ...(message === '' || 'message' in pairs ? {} : { message }),
  };
}

// What the sender's clock, software and counters are: elements that RFC 5424 names, and nothing of an event.
const OF_TRANSPORT = /\[(?:timeQuality|origin|meta)(?: [A-Za-z]{1,32}="[^"\\]{0,256}"){0,16}\]/g;

// Products leave out the message id.
const SHORT_5424 = /^<\d{1,3}>1 (\S{1,64}) (\S{1,255}) (\S{1,128}) (\S{1,128}) (?:- )?(?=\[)/;

function shown(line: string): string {
  const text = line.trim();
  return text.length > 60 ? `"${text.slice(0, 60)}…"` : `"${text}"`;
}
