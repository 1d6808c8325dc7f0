import type { Severity } from '../../alert/alert.ts';
import { lookup } from './json-value.ts';

const WORDS: Readonly<Record<string, Severity>> = {
  informational: 'informational',
  information: 'informational',
  informative: 'informational',
  info: 'informational',
  notice: 'informational',
  debug: 'informational',
  verbose: 'informational',
  trivial: 'informational',
  cosmetic: 'informational',
  lowest: 'informational',
  negligible: 'informational',
  none: 'informational',
  ok: 'informational',
  success: 'informational',
  planning: 'informational',
  low: 'low',
  minor: 'low',
  guarded: 'low',
  'very low': 'low',
  'very-low': 'low',
  verylow: 'low',
  medium: 'medium',
  med: 'medium',
  moderate: 'medium',
  normal: 'medium',
  degraded: 'medium',
  significant: 'medium',
  ticket: 'medium',
  average: 'medium',
  elevated: 'medium',
  warning: 'medium',
  warn: 'medium',
  high: 'high',
  major: 'high',
  important: 'high',
  error: 'high',
  failure: 'high',
  failed: 'high',
  err: 'high',
  severe: 'high',
  serious: 'high',
  critical: 'critical',
  crit: 'critical',
  highest: 'critical',
  disaster: 'critical',
  catastrophic: 'critical',
  extreme: 'critical',
  panic: 'critical',
  page: 'critical',
  down: 'critical',
  'very high': 'critical',
  'very-high': 'critical',
  veryhigh: 'critical',
  urgent: 'critical',
  emergency: 'critical',
  emerg: 'critical',
  alert: 'critical',
  fatal: 'critical',
  blocker: 'critical',
  unreachable: 'high',
  h: 'high',
  m: 'medium',
  l: 'low',
  c: 'critical',
  i: 'informational',
  p0: 'critical',
  p1: 'critical',
  p2: 'high',
  p3: 'medium',
  p4: 'low',
  p5: 'informational',
  sev0: 'critical',
  sev1: 'critical',
  sev2: 'high',
  sev3: 'medium',
  sev4: 'low',
  sev5: 'informational',
  advisory: 'informational',
  // German, French, Spanish, Portuguese, Italian, Dutch without their accents
  kritisch: 'critical',
  kritiek: 'critical',
  critique: 'critical',
  critico: 'critical',
  critica: 'critical',
  hoch: 'high',
  hoog: 'high',
  haut: 'high',
  haute: 'high',
  eleve: 'high',
  elevee: 'high',
  alto: 'high',
  alta: 'high',
  schwerwiegend: 'high',
  grave: 'high',
  mittel: 'medium',
  moyen: 'medium',
  moyenne: 'medium',
  medio: 'medium',
  media: 'medium',
  gemiddeld: 'medium',
  warnung: 'medium',
  avertissement: 'medium',
  niedrig: 'low',
  gering: 'low',
  laag: 'low',
  bas: 'low',
  basse: 'low',
  faible: 'low',
  bajo: 'low',
  baja: 'low',
  baixo: 'low',
  baixa: 'low',
  basso: 'low',
  bassa: 'low',
  // Polish
  krytyczny: 'critical',
  wysoki: 'high',
  sredni: 'medium',
  niski: 'low',
  // Chinese and Japanese
  严重: 'critical',
  嚴重: 'critical',
  紧急: 'critical',
  緊急: 'critical',
  致命: 'critical',
  危急: 'critical',
  重大: 'critical',
  高危: 'high',
  高: 'high',
  中危: 'medium',
  中: 'medium',
  低危: 'low',
  低: 'low',
  提示: 'informational',
  情報: 'informational',
};

// What vendors put before the word: E_HIGH, SEVERITY_HIGH, SEV_030_MEDIUM, PRIORITY_HIGH, "1 - Critical", "(2) High".
const PREFIX =
  /^(?:\(?\d{1,3}\)?[\s._:)-]+|e[_ ]|(?:alert|event|finding|threat|product|risk)?[_ -]?(?:severity|sev|level|priority|urgency|risk|impact)[_ -]?(?=[a-z0-9])(?:\d{1,3}[_ -]+)?|(?:type|rating|class|value)[_ -])/;
// Words by which a vendor says that it does not know, in full knowledge.
const UNKNOWN_WORDS =
  /^(unknown|unspecified|unknownfuturevalue|untriaged|undefined|notset|notclassified|unclassified|other|unassigned|hidden|unmapped)/;

/**
 * Severity of a vendor's word in any case and spelling: camelCase, UPPER_SNAKE, prefixes (`E_`, `SEVERITY_`, `SEV_030_`,
 * `1 - `), pairs at `/`, `:` and ` - `. `unknown` where the vendor says that it does not know, undefined for a word that
 * is not known here.
 */
export function severityOfWord(word: string): Severity | undefined {
  if (word.length > 80) return undefined;
  const plain = word.trim().toLowerCase();
  const known = lookup(WORDS, plain);
  if (known !== undefined) return known;
  if (!answers.has(plain)) {
    if (answers.size >= MAX_ANSWERS) answers.clear();
    answers.set(plain, severityOfSpelling(plain));
  }
  return answers.get(plain);
}

// The same few words come alert after alert; cleared when full so that payloads cannot grow it.
const answers = new Map<string, Severity | undefined>();
const MAX_ANSWERS = 1000;

const RISING: readonly Severity[] = ['informational', 'low', 'medium', 'high', 'critical'];

function severityOfSpelling(given: string): Severity | undefined {
  // crítico, élevée
  const plain = given.normalize('NFD').replace(/\p{M}/gu, '');
  for (const part of [plain, ...plain.split(/[/:(.]|\s-\s/)]) {
    let rest = part.trim();
    for (let cut = 0; cut < 3; cut++) {
      const joined = rest.replace(/[^a-z0-9]/g, '');
      // kCritical and eHigh, as constants of C++ and C# are written
      const known =
        lookup(WORDS, rest) ??
        lookup(WORDS, joined) ??
        lookup(WORDS, joined.replace(/^[ke](?=[a-z]{3})/, ''));
      if (known !== undefined) return known;
      const shorter = rest.replace(PREFIX, '').replace(/[_ -](?:severity|priority|level|risk|alert)$/, '');
      if (shorter === rest || shorter === '') break;
      rest = shorter;
    }
    const letters = rest.replace(/[^a-z]/g, '');
    if (UNKNOWN_WORDS.test(letters) || letters.endsWith('unspecified') || letters.startsWith('unknown'))
      return 'unknown';
  }
  // Medium-High: the higher of both
  const ranks = plain.split(/[-_ ]+/).map((word) => RISING.indexOf(lookup(WORDS, word) ?? 'unknown'));
  return ranks.length === 2 && ranks.every((rank) => rank >= 0) ? RISING[Math.max(...ranks)] : undefined;
}

/** Lower ends of low, medium, high and critical on a rising scale; what lies below is informational. */
export interface SeverityScale {
  readonly low: number;
  readonly medium: number;
  readonly high: number;
  readonly critical: number;
}

/** ASFF `Severity.Normalized` and plain 0-100 numbers: 0, 1-39, 40-69, 70-89, 90-100. */
export const PERCENT_SCALE: SeverityScale = { low: 1, medium: 40, high: 70, critical: 90 };
/** Sentinel's four words as numbers, as a connector writes them: 25, 50, 75, 100. There is no critical. */
export const SENTINEL_SCALE: SeverityScale = { low: 50, medium: 75, high: 100, critical: Infinity };
/** CrowdStrike 0-100: 1-19, 20-39, 40-59, 60-79, 80-100. */
export const FALCON_SCALE: SeverityScale = { low: 20, medium: 40, high: 60, critical: 80 };
/** Elastic risk scores of rules: 0-21 low, 22-47 medium, 48-73 high, 74-100 critical. */
export const ELASTIC_SCALE: SeverityScale = { low: 0, medium: 22, high: 48, critical: 74 };
/** GuardDuty: 1-3.9 low, 4-6.9 medium, 7-8.9 high, 9-10 critical. */
export const GUARDDUTY_SCALE: SeverityScale = { low: 1, medium: 4, high: 7, critical: 9 };
/** CEF header and QRadar: 0-3 low, 4-6 medium, 7-8 high, 9-10 critical. */
export const TEN_SCALE: SeverityScale = { low: 0, medium: 4, high: 7, critical: 9 };
/** Wazuh rule levels: 0-6 low, 7-11 medium, 12-14 high, 15 and 16 critical; 0-2 are no alerts and informational. */
export const WAZUH_SCALE: SeverityScale = { low: 3, medium: 7, high: 12, critical: 15 };

export function severityOnScale(value: number, scale: SeverityScale): Severity {
  if (!Number.isFinite(value) || value < 0) return 'unknown';
  if (value >= scale.critical) return 'critical';
  if (value >= scale.high) return 'high';
  if (value >= scale.medium) return 'medium';
  return value >= scale.low ? 'low' : 'informational';
}

const RISING_FIVE: readonly Severity[] = ['unknown', 'informational', 'low', 'medium', 'high', 'critical'];

/** Scale 1-5 where 5 is the worst (older CrowdStrike, Splunk numbers). */
export function severityOfFive(value: number): Severity {
  return RISING_FIVE[Math.round(value)] ?? 'unknown';
}

/** OCSF `severity_id`: 0 unknown, 1-5 informational to critical, 6 fatal, 99 other. */
export function severityOfOcsf(id: number): Severity {
  return id === 6 ? 'critical' : (RISING_FIVE[id] ?? 'unknown');
}

/** Falling scale of intrusion detection rules: 1 is the worst, 4 and more are informational. */
export function severityOfPriority(priority: number): Severity {
  if (!Number.isFinite(priority) || priority < 1) return 'unknown';
  if (priority < 2) return 'high';
  if (priority < 3) return 'medium';
  return priority < 4 ? 'low' : 'informational';
}

const SYSLOG: readonly Severity[] = [
  'critical',
  'critical',
  'critical',
  'high',
  'medium',
  'informational',
  'informational',
  'informational',
];

/** Syslog severity (RFC 5424): 0 emergency to 7 debug; notice and below are informational. */
export function severityOfSyslog(level: number): Severity {
  return SYSLOG[level] ?? 'unknown';
}
