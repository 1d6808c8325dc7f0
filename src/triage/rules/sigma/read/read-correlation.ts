import { Refusal } from '../refusal.ts';
import {
  COMPARISONS,
  CORRELATION_TYPES,
  type Comparison,
  type CorrelationDocument,
  type CorrelationType,
} from './document.ts';
import { entryOf, kindOf, mapAt, textAt, textsAt } from './node-access.ts';
import { isNumberText } from './scalar.ts';
import type { MapNode, YamlNode } from './yaml-node.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  // the means of the Gregorian calendar, as other implementations have them
  M: 2_629_746_000,
  y: 31_556_952_000,
};

const KEYS = ['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate', 'field'];

type Body = Pick<
  CorrelationDocument,
  'type' | 'rules' | 'groupBy' | 'timespanMs' | 'bounds' | 'fields' | 'percentile' | 'aliases' | 'generate'
>;

/** The part of a document under `correlation`. @see Sigma correlation rules specification 2.1, "Correlation section" */
export function readCorrelation(node: YamlNode, generate: boolean): Body {
  const map = mapAt(node, 'correlation');
  for (const { key, at } of map.entries) {
    if (!KEYS.includes(key)) {
      throw new Refusal(`Expected \`correlation\` to have the keys ${KEYS.join(', ')}, got \`${key}\`.`, at);
    }
  }
  const type = textAt(required(map, 'type'), 'type') as CorrelationType;
  if (!CORRELATION_TYPES.includes(type)) {
    throw new Refusal(
      `Expected \`type\` to be one of ${CORRELATION_TYPES.join(', ')}, got \`${type}\`.`,
      required(map, 'type').at,
    );
  }
  const rules = [...new Set(textsAt(required(map, 'rules'), 'rules'))];
  if (rules.length === 0) throw new Refusal('Expected `rules` to name a rule, got an empty list.', map.at);
  const groupNode = entryOf(map, 'group-by')?.value;
  const inner = entryOf(map, 'generate')?.value;
  return {
    type,
    rules,
    groupBy: groupNode === undefined ? [] : textsAt(groupNode, 'group-by'),
    timespanMs: timespanMs(required(map, 'timespan')),
    ...conditionOf(map, type),
    aliases: aliasesOf(map),
    generate: generate || (inner?.kind === 'scalar' && inner.value === true),
  };
}

function required(map: MapNode, key: string): YamlNode {
  const entry = entryOf(map, key);
  if (entry === undefined)
    throw new Refusal(`Expected \`correlation\` to have \`${key}\`, got none.`, map.at);
  return entry.value;
}

function timespanMs(node: YamlNode): number {
  const text = textAt(node, 'timespan');
  const found = /^([0-9]{1,9})([smhdwMy])$/.exec(text);
  const value = found === null ? 0 : Number(found[1]) * UNIT_MS[found[2]!]!;
  if (value <= 0) {
    throw new Refusal(
      `Expected \`timespan\` to be a number above 0 and one of s, m, h, d, w, M, y, got \`${text}\`.`,
      node.at,
    );
  }
  return value;
}

function numberAt(node: YamlNode, key: string): number {
  if (node.kind !== 'scalar' || !isNumberText(node.value)) {
    throw new Refusal(`Expected \`${key}\` to be a number, got ${kindOf(node)}.`, node.at);
  }
  return Number(node.value.n);
}

function conditionOf(map: MapNode, type: CorrelationType): Pick<Body, 'bounds' | 'fields' | 'percentile'> {
  const isTemporal = type === 'temporal' || type === 'temporal_ordered';
  const node = entryOf(map, 'condition')?.value;
  const bounds: { comparison: Comparison; value: number }[] = [];
  let fields: string[] = [];
  // the median where no other is asked for
  let percentile = 50;
  for (const { key, value, at } of node === undefined ? [] : mapAt(node, 'condition').entries) {
    if (COMPARISONS.includes(key as Comparison)) {
      bounds.push({ comparison: key as Comparison, value: numberAt(value, key) });
    } else if (key === 'field') {
      fields = textsAt(value, 'field');
    } else if (key === 'percentile') {
      percentile = numberAt(value, key);
      if (!(percentile >= 0 && percentile <= 100)) {
        throw new Refusal(`Expected \`percentile\` in [0, 100], got ${percentile}.`, at);
      }
    } else {
      throw new Refusal(
        `Expected \`condition\` to have ${COMPARISONS.join(', ')}, field or percentile, got \`${key}\`.`,
        at,
      );
    }
  }
  if (bounds.length === 0 && !isTemporal) {
    throw new Refusal(
      `Expected the \`condition\` of ${type} to compare with a number, got none.`,
      node?.at ?? map.at,
    );
  }
  if (fields.length === 0 && type.startsWith('value_')) {
    throw new Refusal(
      `Expected the \`condition\` of ${type} to name a \`field\`, got none.`,
      node?.at ?? map.at,
    );
  }
  if (fields.length > 1 && type !== 'value_count') {
    throw new Refusal(`Expected one \`field\` for ${type}, got ${fields.length}.`, node!.at);
  }
  return { bounds, fields, percentile };
}

function aliasesOf(map: MapNode): (readonly [string, string, string])[] {
  const node = entryOf(map, 'aliases')?.value;
  if (node === undefined) return [];
  return mapAt(node, 'aliases').entries.flatMap(({ key, value }) =>
    mapAt(value, `aliases.${key}`).entries.map(
      (entry) => [key, entry.key, textAt(entry.value, `aliases.${key}.${entry.key}`)] as const,
    ),
  );
}
