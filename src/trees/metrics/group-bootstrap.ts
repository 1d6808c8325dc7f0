import { createRandom } from '../random.ts';

/** (n,) names, or numbers from 0 on without a gap; or the number of rows that are a group each. */
export type Groups = readonly string[] | Int32Array | number;

/**
 * Bootstrap over whole groups: gives once a round how often each row was drawn, (n,) in an array that is written anew
 * each round. Groups are drawn with replacement, as many as there are, so that rows of one group, such as the alerts
 * of one incident, stand or fall together.
 *
 * @see Davison, Hinkley. Bootstrap Methods and their Application. 1997, section 3.8.
 */
export function* groupDraws(groups: Groups, rounds: number, seed: number): Generator<Float64Array> {
  const { groupOf, nGroups } = numbered(groups);
  const random = createRandom(seed);
  const drawn = new Float64Array(nGroups);
  const times = new Float64Array(groupOf.length);
  for (let round = 0; round < rounds; round++) {
    drawn.fill(0);
    for (let draw = 0; draw < nGroups; draw++) drawn[random.int(nGroups)] += 1;
    for (let i = 0; i < times.length; i++) times[i] = drawn[groupOf[i]];
    yield times;
  }
}

/** As {@link groupDraws}, for those who need no turn of the event loop in between. */
export function drawGroups(
  groups: Groups,
  rounds: number,
  seed: number,
  visit: (times: Float64Array) => void,
): void {
  for (const times of groupDraws(groups, rounds, seed)) visit(times);
}

function numbered(groups: Groups): { groupOf: Int32Array; nGroups: number } {
  if (typeof groups === 'number') {
    return { groupOf: Int32Array.from({ length: groups }, (_, i) => i), nGroups: groups };
  }
  if (groups instanceof Int32Array) {
    return { groupOf: groups, nGroups: groups.reduce((most, group) => Math.max(most, group + 1), 0) };
  }
  const numbers = new Map<string, number>();
  const groupOf = Int32Array.from(groups, (name) => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  return { groupOf, nGroups: numbers.size };
}
