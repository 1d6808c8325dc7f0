import type { EntityKind } from '../../alert/alert.ts';
import { type EntityValue, entityValues } from '../../intake/values/entity-value.ts';
import { guessedValue } from './indicator-value.ts';

/** What a text stands for when somebody asks about it: of a given kind, or of the kind that its form tells. */
export function entitiesOfText(text: string, kind?: EntityKind): readonly EntityValue[] {
  if (kind !== undefined) return entityValues(kind, text);
  const guess = guessedValue(text);
  if (guess !== undefined && !guess.value.includes('/', guess.type === 'ip' ? 0 : Number.POSITIVE_INFINITY))
    return entityValues(guess.type, text);
  return entityValues('host', text);
}
