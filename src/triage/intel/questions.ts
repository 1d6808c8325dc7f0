import { z } from 'zod';
import { entityValues } from '../../intake/values/entity-value.ts';
import { rowReader } from './feeds/feed-formats.ts';
import { INDICATOR_KINDS, isRefusal, type ReadIndicator, type Reading } from './indicator.ts';
import { indicatorValue } from './indicator-value.ts';
import { lookUp } from './look-up.ts';
import { readMispAttribute } from './misp/misp-attribute.ts';
import { StixPatternError } from './stix/pattern.ts';
import { indicatorsOfPattern } from './stix/pattern-indicators.ts';
import { readStixIndicator } from './stix/stix-indicator.ts';
import { buildTable } from './table/build-table.ts';
import { IndicatorRows } from './table/indicator-rows.ts';
import { IndicatorTable, stateAt } from './table/indicator-table.ts';
import { answerValueQuestion, valueQuestionSchema } from './value-questions.ts';
import { WarningList } from './warning-list.ts';

const record = z.record(z.string(), z.unknown());

/**
 * A question about the reading of one thing, answered by the code that imports and looks up: does an indicator hit a
 * value, what is in a pattern, an attribute, a row, how does an indicator stand at a moment, does a warning list hold,
 * what is the normal form of a value.
 */
export const intelQuestionSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('match'),
    input: z.object({ kind: z.enum(INDICATOR_KINDS), indicator: z.string(), value: z.string() }),
  }),
  z.object({ kind: z.literal('stix-pattern'), input: z.string() }),
  z.object({ kind: z.literal('stix-indicator'), input: z.object({ object: record, at: z.string() }) }),
  z.object({ kind: z.literal('misp-attribute'), input: record }),
  z.object({
    kind: z.literal('warninglist'),
    input: z.object({ type: z.string(), entry: z.string(), value: z.string() }),
  }),
  z.object({ kind: z.literal('feed-row'), input: z.object({ format: z.string(), row: z.string() }) }),
  ...valueQuestionSchema.options,
]);
export type IntelQuestion = z.infer<typeof intelQuestionSchema>;

/** The answer: true or false, a list of `{type, value}`, a state, an indicator, or null for none. */
export async function answerQuestion(question: IntelQuestion): Promise<unknown> {
  switch (question.kind) {
    case 'match':
      return isHit(question.input.kind, question.input.indicator, question.input.value);
    case 'stix-pattern':
      return valuesOfPattern(question.input);
    case 'stix-indicator':
      return stateOf(readStixIndicator(question.input.object), Date.parse(question.input.at));
    case 'misp-attribute': {
      const reading = readMispAttribute(question.input);
      return isRefusal(reading) ? [] : valuesOf(reading);
    }
    case 'warninglist': {
      const { type, entry, value } = question.input;
      return new WarningList({ name: 'asked about', type, list: [entry] }).matches(value);
    }
    case 'feed-row': {
      const reading = rowReader(question.input.format)?.(question.input.row);
      return reading === undefined || isRefusal(reading) ? null : wireIndicator(reading);
    }
    default:
      return answerValueQuestion(question);
  }
}

async function isHit(
  kind: (typeof INDICATOR_KINDS)[number],
  indicator: string,
  value: string,
): Promise<boolean> {
  const read = indicatorValue(kind, indicator);
  if (read === undefined) return false;
  const rows = new IndicatorRows();
  rows.add(read, {});
  const table = IndicatorTable.from(await buildTable(rows));
  let isFound = false;
  for (const entity of entityValues(kind, value))
    lookUp(table, entity.kind, entity.value, () => {
      isFound = true;
    });
  return isFound;
}

function valuesOfPattern(pattern: string): unknown {
  try {
    return valuesOf(indicatorsOfPattern(pattern));
  } catch (error) {
    if (error instanceof StixPatternError) return 'refused';
    throw error;
  }
}

function valuesOf({ values }: Pick<ReadIndicator, 'values'>): { type: string; value: string }[] {
  return values.map(({ type, value, isBelow }) => ({ type, value: isBelow ? `*.${value}` : value }));
}

function stateOf(reading: Reading, atMs: number): string {
  if (isRefusal(reading)) return reading.isExpected ? 'never' : 'refused';
  if (reading.isRevoked) return 'revoked';
  const { validFromMs = Number.NaN, validUntilMs = Number.NaN } = reading;
  return stateAt({ validFromMs, validUntilMs }, atMs);
}

/** An indicator as the command line shows it: its first value with its terms, further ones beside. */
export function wireIndicator(reading: ReadIndicator): Record<string, unknown> {
  const [first, ...others] = valuesOf(reading);
  const moment = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : new Date(ms).toISOString().replace(/\.000Z$/, 'Z');
  return {
    ...first,
    ...(others.length === 0 ? {} : { others }),
    confidence: reading.confidence,
    first_seen: moment(reading.firstSeenMs),
    valid_from: moment(reading.validFromMs),
    valid_until: moment(reading.validUntilMs),
    tlp: reading.tlp,
  };
}
