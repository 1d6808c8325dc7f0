import { type JsonObject, objectsOf, textOf } from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';

/** Trend Vision One workbench alerts: indicators by type, names of matched filters. */
export const trend: Mapping = {
  name: 'trend',
  title: 'Trend Vision One: `indicators[]`, `matchedRules[].matchedFilters[]`',

  recognise: (payload) => Array.isArray(payload['matchedRules']) || Array.isArray(payload['indicators']),

  read(payload, into) {
    into.word(payload['description']);
    for (const rule of objectsOf(payload['matchedRules'])) {
      into.word(rule['name']);
      for (const filter of objectsOf(rule['matchedFilters'])) into.word(filter['name']);
    }
    const parts: Record<string, unknown> = {};
    for (const indicator of objectsOf(payload['indicators'])) take(indicator, parts);
    into.process({
      image: parts['processFilePath'],
      commandLine: parts['processCmd'],
      parentImage: parts['parentFilePath'],
      parentCommandLine: parts['parentCmd'],
    });
    into.process({
      image: parts['objectFilePath'],
      commandLine: parts['objectCmd'],
      parentImage: parts['processFilePath'],
    });
    into.registry(parts['objectRegistryKeyHandle'], parts['objectRegistryData']);
  },
};

// The field names of the search table, each with the first value given.
function take(indicator: JsonObject, parts: Record<string, unknown>): void {
  const field = textOf(indicator['field'] ?? indicator['type']);
  const value = indicator['value'] ?? indicator['object'];
  if (field !== undefined && typeof value !== 'object' && field !== '__proto__') parts[field] ??= value;
}
