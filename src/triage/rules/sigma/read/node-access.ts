import { Refusal } from '../refusal.ts';
import { isNumberText, type Scalar, shortScalar, textOf } from './scalar.ts';
import type { MapEntry, MapNode, YamlNode } from './yaml-node.ts';

export const entryOf = (map: MapNode, key: string): MapEntry | undefined =>
  map.entries.find((entry) => entry.key === key);

/** What a node is, for messages. */
export const kindOf = (node: YamlNode): string =>
  node.kind === 'scalar' ? shortScalar(node.value) : `a ${node.kind}`;

/** Text of a scalar that is not null, numbers and booleans as they are written. */
export function textAt(node: YamlNode, what: string): string {
  if (node.kind !== 'scalar' || node.value === null) {
    throw new Refusal(`Expected \`${what}\` to be a text, got ${kindOf(node)}.`, node.at);
  }
  return textOf(node.value);
}

/** Texts of a list, or of a single scalar. */
export function textsAt(node: YamlNode, what: string): string[] {
  if (node.kind === 'list') return node.items.map((item) => textAt(item, what));
  return [textAt(node, what)];
}

export function mapAt(node: YamlNode, what: string): MapNode {
  if (node.kind !== 'map')
    throw new Refusal(`Expected \`${what}\` to be a map, got ${kindOf(node)}.`, node.at);
  return node;
}

export function scalarAt(node: YamlNode, what: string): Scalar {
  if (node.kind !== 'scalar') throw new Refusal(`Expected ${what}, got ${kindOf(node)}.`, node.at);
  return node.value;
}

/** Plain value of a node; numbers that JavaScript cannot hold stay text. */
export function plainValue(node: YamlNode): unknown {
  if (node.kind === 'list') return node.items.map(plainValue);
  if (node.kind === 'map') {
    return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]));
  }
  const { value } = node;
  if (!isNumberText(value)) return value;
  const number = Number(value.n);
  return String(number) === value.n ? number : value.n;
}

/** `over` laid onto `base`: maps are merged key by key, anything else is replaced. */
export function mergedMap(base: MapNode, over: MapNode): MapNode {
  const entries = base.entries.map((entry) => {
    const other = entryOf(over, entry.key);
    if (other === undefined) return entry;
    const value =
      entry.value.kind === 'map' && other.value.kind === 'map'
        ? mergedMap(entry.value, other.value)
        : other.value;
    return { ...other, value };
  });
  const known = new Set(base.entries.map(({ key }) => key));
  return {
    kind: 'map',
    at: over.at,
    entries: [...entries, ...over.entries.filter(({ key }) => !known.has(key))],
  };
}
