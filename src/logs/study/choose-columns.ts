import { isIP } from 'node:net';
import { rocAuc } from '../../trees/metrics/ranking-metrics.ts';
import { isNumberColumn, isStandard } from '../formats/log-row.ts';
import type { FeaturePlan } from '../windows/feature-plan.ts';
import type { LogTable } from '../windows/log-table.ts';
import type { RowLabels } from './row-labels.ts';

/** A column that tells more than an event could. */
export interface LeakFinding {
  readonly column: string;
  readonly why: string;
  /** Named, and learned from all the same. */
  readonly kept: boolean;
}

export interface ColumnChoice {
  readonly plan: FeaturePlan;
  readonly leaks: readonly LeakFinding[];
}

export interface ChoiceOptions {
  /** Left out by name. */
  readonly leakColumns: readonly string[];
  /** Columns that are learned from whatever is found. */
  readonly keep: ReadonlySet<string>;
  /** The column that labels came from. */
  readonly target?: string;
  readonly hasTime: boolean;
  /** Days that the fit part spans. */
  readonly fitDays: number;
}

/** Standard columns of numbers that a row's model may see; a source's port is drawn anew for each connection. */
const NUMBERS = [
  'duration_ms',
  'source.bytes',
  'source.packets',
  'destination.bytes',
  'destination.packets',
  'destination.port',
  'network.bytes',
  'network.packets',
  'http.response.status_code',
];
/** Standard columns of words that are few. */
const WORDS = [
  'network.transport',
  'network.protocol',
  'network.direction',
  'connection.state',
  'event.action',
  'event.outcome',
  'http.request.method',
];
const MAX_WORDS = 64;
/** Words of column names that stand for one machine, person or path: learned, they say which server was attacked. */
const ENTITY_TEXT =
  /(^|[_.-])(mac|oui|ip|addr(ess)?|host|hostname|server|user|username|domain|sni|url|uri|query|path|fingerprint|ja3s?|uid|account|interface|vpc|instance|device|file|referr?er|cert|key|rule|tenant|subscription|resource|id)([_.-]|$)/i;
const ENTITY_NUMBER = /(^|[_.-])(mac|ip|addr(ess)?|uid|user_?id|account|account[_-]id|vlan_id)$/i;
const MAC = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){2,7}$/i;
const DAYS_FOR_HOURS = 3;
/** Worked out where a file has neither. */
const LAB_COUNTS = ['failed_logins', 'unique_ports'];
/** Alone above it a column is looked at. */
const SURE = 0.95;
const NEARLY_UNIQUE = 0.9;
const ONE_LABEL = 0.99;

/**
 * Columns to learn from, and those that tell the answer: what is on the list of names or alone almost sure and nearly
 * unique is left out, what maps each value to one label is named only. Addresses, names and times are no columns.
 *
 * @param fit rows to learn from; a column that is constant in them is noise
 */
export function chooseColumns(
  table: LogTable,
  labels: RowLabels,
  fit: Int32Array,
  options: ChoiceOptions,
): ColumnChoice {
  const { leakColumns, keep, target, hasTime, fitDays } = options;
  const leaks: LeakFinding[] = [];
  /** Whether the list of names leaves it out, which is noted. */
  const isLeftOut = (column: string): boolean => {
    if (!leakColumns.includes(column) || keep.has(column)) return false;
    leaks.push({
      column,
      why: 'by its name it tells the answer, the order or the identity of a row',
      kept: false,
    });
    return true;
  };
  const truth = Int32Array.from(fit, (i) => labels.attack[i] as number);
  const numbers: string[] = [];
  for (const column of table.numberNames) {
    if (column === target || column === 'label') continue;
    if (isStandard(column) && (!isNumberColumn(column) || !NUMBERS.includes(column))) continue;
    if (isLeftOut(column)) continue;
    if (!isStandard(column) && ENTITY_NUMBER.test(column) && !keep.has(column)) continue;
    const values = table.numbers(column);
    const shown = Float64Array.from(fit, (i) => values[i] as number);
    if (isConstant(shown)) continue;
    const why = suspicion(shown, truth);
    const isOut = why?.isSure === true && !keep.has(column);
    if (why !== undefined) leaks.push({ column, why: why.words, kept: !isOut });
    if (!isOut) numbers.push(column);
  }
  const words: { column: string; vocabulary: string[] }[] = [];
  for (const column of table.textNames) {
    if (column === target || column === 'attack') continue;
    if (isStandard(column) && !WORDS.includes(column)) continue;
    if (isLeftOut(column)) continue;
    if (!isStandard(column) && ENTITY_TEXT.test(column) && !keep.has(column)) continue;
    const vocabulary = vocabularyOf(table, column, fit);
    if (vocabulary.some((word) => isIP(word) !== 0 || MAC.test(word))) continue;
    if (vocabulary.length > 1 && vocabulary.length <= MAX_WORDS) words.push({ column, vocabulary });
  }
  const hasDays = hasTime && fitDays >= DAYS_FOR_HOURS;
  const hasLabCounts = hasTime && !LAB_COUNTS.some((column) => table.numberNames.includes(column));
  return { plan: { numbers, words, hasWindows: hasTime, hasDays, hasLabCounts }, leaks };
}

function isConstant(values: Float64Array): boolean {
  const first = values.find((value) => !Number.isNaN(value));
  return first === undefined || values.every((value) => value === first || Number.isNaN(value));
}

function suspicion(
  values: Float64Array,
  truth: Int32Array,
): { readonly words: string; readonly isSure: boolean } | undefined {
  const counts = new Map<number, [number, number]>();
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const entry = counts.get(value) ?? [0, 0];
    entry[truth[i] as 0 | 1]++;
    counts.set(value, entry);
  }
  const n = values.length;
  if (counts.size / n > NEARLY_UNIQUE) {
    const filled = values.map((value) => (Number.isNaN(value) ? -1 : value));
    const auc = rocAuc(truth, filled);
    const alone = Math.max(auc, 1 - auc);
    if (alone > SURE)
      return { words: `nearly unique, and alone ranks with ROC-AUC ${alone.toFixed(3)}`, isSure: true };
  }
  let nPure = 0;
  for (const [a, b] of counts.values()) nPure += a === 0 || b === 0 ? a + b : 0;
  const isTwin = counts.size <= n / 10 && nPure / n > ONE_LABEL;
  return isTwin
    ? {
        words: `each value stands for one label in ${((100 * nPure) / n).toFixed(1)} % of rows`,
        isSure: false,
      }
    : undefined;
}

/** Words of a column in the fit rows, the most frequent first; equal counts by name. */
function vocabularyOf(table: LogTable, column: string, fit: Int32Array): string[] {
  const codes = table.codes(column);
  const names = table.words(column);
  const counts = new Map<number, number>();
  for (const i of fit) {
    const code = codes[i] as number;
    if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
    if (counts.size > MAX_WORDS) break;
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || ((names[a[0]] as string) < (names[b[0]] as string) ? -1 : 1))
    .map(([code]) => names[code] as string);
}
