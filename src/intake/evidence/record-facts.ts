import type { RecordFacts } from '../../alert/closing.ts';
import { type JsonObject, listOf, textOf } from '../values/json-value.ts';
import { momentOf } from '../values/moment.ts';

/** Facts of a record that is one alert: the first readable of `times` is its last change. */
export function factsOf(
  record: JsonObject,
  times: readonly string[],
  owners: readonly string[],
): RecordFacts {
  let changedAt: string | undefined;
  for (const name of times) changedAt ??= momentOf(record[name]);
  const names = owners.flatMap((name) => listOf(record[name]).flatMap((one) => textOf(one) ?? []));
  return {
    ...(changedAt === undefined ? {} : { changedAt }),
    isIncident: false,
    ...(names.length === 0 ? {} : { owners: names }),
  };
}
