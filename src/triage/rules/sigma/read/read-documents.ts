import { Refusal, type RefusedDocument } from '../refusal.ts';
import { LEVELS, type Level, type Logsource, type SigmaDocument } from './document.ts';
import { entryOf, kindOf, mapAt, mergedMap, plainValue, textAt, textsAt } from './node-access.ts';
import { placeOf } from './place.ts';
import { readCorrelation } from './read-correlation.ts';
import { readDetection } from './read-detection.ts';
import { type MapNode, readYaml, type YamlNode } from './yaml-node.ts';

/** A file of rules: any number of YAML documents. */
export interface RuleText {
  readonly file: string;
  readonly text: string;
}

export interface ReadDocuments {
  readonly documents: readonly SigmaDocument[];
  readonly refused: readonly RefusedDocument[];
}

const BASE_KEYS = [
  'id',
  'name',
  'title',
  'level',
  'tags',
  'logsource',
  'detection',
  'correlation',
  'filter',
  'action',
  'generate',
];

/** Reads the documents of one text; `action: global`, `repeat` and `reset` are carried out. */
export function readDocuments({ file, text }: RuleText): ReadDocuments {
  const documents: SigmaDocument[] = [];
  const refused: RefusedDocument[] = [];
  const refuse = (root: YamlNode | undefined, reason: string, at: number): void => {
    const map = root?.kind === 'map' ? root : undefined;
    const label = (key: string): string => {
      const node = map === undefined ? undefined : entryOf(map, key)?.value;
      return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
    };
    refused.push({ file, ...placeOf(text, at), id: label('id'), title: label('title'), reason });
  };
  let global: MapNode | undefined;
  let previous: MapNode | undefined;
  for (const document of readYaml(text)) {
    if ('reason' in document) {
      refuse(undefined, document.reason, document.at);
      continue;
    }
    let root = document.root;
    try {
      let map = mapAt(root, 'document');
      const action = actionOf(map);
      if (action === 'reset') {
        global = undefined;
        continue;
      }
      if (action === 'global') {
        global = global === undefined ? map : mergedMap(global, map);
        continue;
      }
      if (action === 'repeat') {
        if (previous === undefined) throw new Refusal('Expected a document before `action: repeat`.', map.at);
        map = mergedMap(previous, map);
      } else if (global !== undefined) {
        map = mergedMap(global, map);
      }
      root = map;
      previous = map;
      documents.push(documentOf(map, file));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(root, error.message, error.at >= 0 ? error.at : root.at);
    }
  }
  return { documents, refused };
}

function actionOf(map: MapNode): string | undefined {
  const entry = entryOf(map, 'action');
  if (entry === undefined) return undefined;
  const action = textAt(entry.value, 'action');
  if (!['global', 'repeat', 'reset'].includes(action)) {
    throw new Refusal(`Expected \`action\` to be global, repeat or reset, got \`${action}\`.`, entry.at);
  }
  return action;
}

function documentOf(map: MapNode, file: string): SigmaDocument {
  const optional = (key: string): string => {
    const node = entryOf(map, key)?.value;
    return node === undefined || (node.kind === 'scalar' && node.value === null) ? '' : textAt(node, key);
  };
  const level = optional('level');
  const tags = entryOf(map, 'tags')?.value;
  const base = {
    id: optional('id'),
    name: optional('name'),
    title: optional('title'),
    level: LEVELS.includes(level as Level) ? (level as Level) : undefined,
    tags: tags === undefined || (tags.kind === 'scalar' && tags.value === null) ? [] : textsAt(tags, 'tags'),
    attributes: Object.fromEntries(
      map.entries
        .filter(
          ({ key }) => !BASE_KEYS.includes(key) || (key === 'level' && !LEVELS.includes(level as Level)),
        )
        .map(({ key, value }) => [key, plainValue(value)]),
    ),
    file,
    at: map.at,
  };
  const [detection, correlation, filter] = ['detection', 'correlation', 'filter'].map((key) =>
    entryOf(map, key),
  );
  if ([detection, correlation, filter].filter((part) => part !== undefined).length > 1) {
    throw new Refusal('Expected one of `detection`, `correlation` and `filter`, got several.', map.at);
  }
  if (detection !== undefined) {
    return {
      kind: 'rule',
      ...base,
      logsource: logsourceOf(map),
      // `timeframe` belongs to the aggregations of the first version of Sigma and selects nothing
      detection: readDetection(mapAt(detection.value, 'detection'), ['timeframe']),
    };
  }
  if (correlation !== undefined) {
    const generate = entryOf(map, 'generate')?.value;
    if (generate !== undefined && (generate.kind !== 'scalar' || typeof generate.value !== 'boolean')) {
      throw new Refusal(`Expected \`generate\` to be true or false, got ${kindOf(generate)}.`, generate.at);
    }
    const isGenerating = generate?.kind === 'scalar' && generate.value === true;
    return { kind: 'correlation', ...base, ...readCorrelation(correlation.value, isGenerating) };
  }
  if (filter !== undefined) {
    const body = mapAt(filter.value, 'filter');
    return {
      kind: 'filter',
      ...base,
      logsource: logsourceOf(map),
      rules: filteredRules(body),
      detection: readDetection(body, ['rules']),
    };
  }
  throw new Refusal('Expected `detection`, `correlation` or `filter`, got none of them.', map.at);
}

/** Rules that a filter names; null, which means all, for `any`, an empty list or none. */
function filteredRules(body: MapNode): string[] | null {
  const node = entryOf(body, 'rules')?.value;
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return null;
  const rules = textsAt(node, 'rules');
  return rules.length === 0 || (rules.length === 1 && rules[0] === 'any') ? null : rules;
}

function logsourceOf(map: MapNode): Logsource {
  const node = entryOf(map, 'logsource')?.value;
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return {};
  const source = mapAt(node, 'logsource');
  const parts: Record<string, string> = {};
  for (const key of ['category', 'product', 'service']) {
    const value = entryOf(source, key)?.value;
    if (value === undefined || (value.kind === 'scalar' && value.value === null)) continue;
    parts[key] = textAt(value, `logsource.${key}`).toLowerCase();
  }
  return parts;
}
