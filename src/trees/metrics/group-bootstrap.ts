import { createRandom } from '../random.ts';

/**
 * Bootstrap over whole groups: calls `visit` once a round with how often each row was drawn, (n,) in an array that is
 * written anew each round. Groups are drawn with replacement, as many as there are, so that rows of one group, such as
 * the alerts of one incident, stand or fall together.
 *
 * @param groups (n,) names, or the number of rows that are a group each
 * @see Davison, Hinkley. Bootstrap Methods and their Application. 1997, section 3.8.
 */
export function drawGroups(
  groups: readonly string[] | number,
  rounds: number,
  seed: number,
  visit: (times: Float64Array) => void,
): void {
  const { groupOf, nGroups } = numbered(groups);
  const random = createRandom(seed);
  const drawn = new Float64Array(nGroups);
  const times = new Float64Array(groupOf.length);
  for (let round = 0; round < rounds; round++) {
    drawn.fill(0);
    for (let draw = 0; draw < nGroups; draw++) drawn[random.int(nGroups)] += 1;
    for (let i = 0; i < times.length; i++) times[i] = drawn[groupOf[i]];
    visit(times);
  }
}

function numbered(groups: readonly string[] | number): { groupOf: Int32Array; nGroups: number } {
  if (typeof groups === 'number') {
    return { groupOf: Int32Array.from({ length: groups }, (_, i) => i), nGroups: groups };
  }
  const numbers = new Map<string, number>();
  const groupOf = Int32Array.from(groups, (name) => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  return { groupOf, nGroups: numbers.size };
}
