import { Refusal } from '../refusal.ts';
import type { Detection, DetectionItem, Selection } from './document.ts';
import { scalarAt, textAt } from './node-access.ts';
import type { Scalar } from './scalar.ts';
import type { MapNode, YamlNode } from './yaml-node.ts';

/**
 * Selections and condition of a `detection`, or of a filter without its list of rules.
 *
 * @param skipped keys that are no selections
 */
export function readDetection(map: MapNode, skipped: readonly string[]): Detection {
  const selections: Selection[] = [];
  let condition: YamlNode | undefined;
  for (const { key, value } of map.entries) {
    if (key === 'condition') condition = value;
    else if (!skipped.includes(key)) {
      selections.push({ name: key, alternatives: alternativesOf(value, key) });
    }
  }
  if (condition === undefined) throw new Refusal('Expected a `condition`, got none.', map.at);
  if (selections.length === 0) throw new Refusal('Expected at least one selection, got none.', map.at);
  const nodes = condition.kind === 'list' ? condition.items : [condition];
  if (nodes.length === 0) throw new Refusal('Expected a `condition`, got an empty list.', condition.at);
  return { selections, conditions: nodes.map((node) => ({ text: textAt(node, 'condition'), at: node.at })) };
}

function alternativesOf(node: YamlNode, name: string): DetectionItem[][] {
  if (node.kind === 'map') return [itemsOf(node, name)];
  if (node.kind === 'scalar') return [[keywords([keyword(node, name)], node.at, false)]];
  if (node.items.length === 0) {
    throw new Refusal(`Expected values in \`${name}\`, got an empty list.`, node.at);
  }
  const alternatives: DetectionItem[][] = [];
  const words: Scalar[] = [];
  for (const item of node.items) {
    if (item.kind === 'map') alternatives.push(itemsOf(item, name));
    else words.push(keyword(item, name));
  }
  if (words.length > 0) alternatives.push([keywords(words, node.at, true)]);
  return alternatives;
}

function keyword(node: YamlNode, name: string): Scalar {
  const value = scalarAt(node, `a text or a map in \`${name}\``);
  if (value === null) throw new Refusal(`Expected a keyword in \`${name}\`, got null.`, node.at);
  return value;
}

const keywords = (values: Scalar[], at: number, isList: boolean): DetectionItem => ({
  field: '',
  modifiers: [],
  values,
  isList,
  at,
});

function itemsOf(map: MapNode, name: string): DetectionItem[] {
  if (map.entries.length === 0)
    throw new Refusal(`Expected fields in \`${name}\`, got an empty map.`, map.at);
  return map.entries.map(({ key, value, at }) => {
    const [field = '', ...modifiers] = key.split('|');
    if (field === '' && modifiers.length === 0) {
      throw new Refusal(`Expected a field name in \`${name}\`, got an empty one.`, at);
    }
    const what = `\`${key}\` to be a text, a number or a list of them`;
    if (value.kind === 'map') throw new Refusal(`Expected ${what}, got a map.`, at);
    if (value.kind === 'scalar') return { field, modifiers, values: [value.value], isList: false, at };
    if (value.items.length === 0) {
      throw new Refusal(
        `Expected values of \`${key}\`, got an empty list, which would match by accident.`,
        at,
      );
    }
    return { field, modifiers, values: value.items.map((item) => scalarAt(item, what)), isList: true, at };
  });
}
