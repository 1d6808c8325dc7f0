import type { DetectionItem, RuleDocument, Selection } from './sigma/read/document.ts';

// The shipped rules as one artefact without YAML: rows of what the engine needs. What only readers need (references,
// false positives, sources) stays in rules/ and docs/rules.md.

/** `field`, modifiers, values, and 1 where the values are a list. */
type ItemRow = readonly [string, readonly string[], DetectionItem['values'], 0 | 1];
type SelectionRow = readonly [name: string, alternatives: readonly (readonly ItemRow[])[]];

/** One rule. */
export type RuleRow = readonly [
  name: string,
  title: string,
  level: RuleDocument['level'],
  tags: readonly string[],
  module: string,
  logsource: RuleDocument['logsource'],
  selections: readonly SelectionRow[],
  conditions: readonly string[],
  attributes: Readonly<Record<string, unknown>>,
];

/** Attributes of a rule that the engine uses. */
const KEPT = ['reason', 'against', 'group'] as const;

export function toRow(document: RuleDocument): RuleRow {
  const { name, title, level, tags, file, logsource, detection, attributes } = document;
  return [
    name,
    title,
    level,
    tags,
    file.split('/')[0]!,
    logsource,
    detection.selections.map(
      ({ name: selection, alternatives }): SelectionRow => [
        selection,
        alternatives.map((items) =>
          items.map(
            ({ field, modifiers, values, isList }): ItemRow => [field, modifiers, values, isList ? 1 : 0],
          ),
        ),
      ],
    ),
    detection.conditions.map(({ text }) => text),
    Object.fromEntries(KEPT.flatMap((key) => (key in attributes ? [[key, attributes[key]]] : []))),
  ];
}

export function fromRow(row: RuleRow): RuleDocument {
  const [name, title, level, tags, module, logsource, selections, conditions, attributes] = row;
  return {
    kind: 'rule',
    id: name,
    name,
    title,
    level,
    tags,
    file: `${module}/${module}.yml`,
    at: 0,
    logsource,
    attributes,
    detection: {
      selections: selections.map(
        ([selection, alternatives]): Selection => ({
          name: selection,
          alternatives: alternatives.map((items) =>
            items.map(([field, modifiers, values, isList]) => ({
              field,
              modifiers,
              values,
              isList: isList === 1,
              at: 0,
            })),
          ),
        }),
      ),
      conditions: conditions.map((text) => ({ text, at: 0 })),
    },
  };
}
