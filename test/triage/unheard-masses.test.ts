import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/trees/random.ts';
import { Behavior } from '../../src/triage/behavior/behavior.ts';

const N = 10;
const START = 1_760_000_000;
const TENANT = 1;
const HOST = { key: 77, kind: 0 };
const profiled = { rule: 1, incident: undefined, nEntities: 1, tactics: [] };

describe('novelty that other instances have seen and not told yet', () => {
  const fleet = (nOthers: number): Behavior[] =>
    Array.from({ length: N }, () => {
      const behavior = new Behavior();
      behavior.heard(nOthers);
      return behavior;
    });
  /** Masses around one host when sixty rules raise one alert each on it within a second, each at an instance at random. */
  const massesOf = (instances: readonly Behavior[], seed: number): number[] => {
    const random = createRandom(seed);
    return Array.from({ length: 60 }, (_, rule) =>
      instances[random.int(instances.length)]!.observe(
        TENANT,
        { rule, entities: [HOST], profiled },
        START,
        START,
      ),
    ).map(({ behavior }) => behavior.entityMass);
  };
  const meanOfLast = (nOthers: number): number => {
    let sum = 0;
    for (let seed = 0; seed < 40; seed++)
      sum +=
        massesOf(fleet(nOthers), seed)
          .slice(-10)
          .reduce((total, mass) => total + mass, 0) / 10;
    return sum / 40;
  };
  const alone = massesOf([new Behavior()], 0).slice(-10);
  const whole = alone.reduce((total, mass) => total + mass, 0) / 10;

  it('is counted in as each sees an equal share: on the mean four times what is seen here', () => {
    expect(meanOfLast(N - 1)).toBeGreaterThan(0.3 * whole);
    expect(meanOfLast(N - 1)).toBeLessThan(0.5 * whole);
    // without it a tenth
    expect(meanOfLast(0)).toBeLessThan(0.2 * whole);
  });

  it('adds nothing to a lone alert, to one instance, and after the others were heard', () => {
    const [one] = fleet(N - 1) as [Behavior, ...Behavior[]];
    const see = (behavior: Behavior, rule: number, atS = START) =>
      behavior.observe(TENANT, { rule, entities: [HOST], profiled }, atS, atS).behavior;
    const first = see(one, 1);
    expect([first.entityMass, first.tenantMass]).toEqual([1, 1]);
    expect(see(one, 2).entityMass).toBeCloseTo(2 + (N - 1) / 3, 6);
    one.heard(N - 1);
    expect(see(one, 3).entityMass).toBeCloseTo(3, 6);
    const single = new Behavior();
    for (let rule = 1; rule < 4; rule++) expect(see(single, rule).entityMass).toBeCloseTo(rule, 6);
  });

  it('does not take what others told for something seen here', () => {
    const [one] = fleet(N - 1) as [Behavior, ...Behavior[]];
    for (let rule = 1; rule < 4; rule++)
      one.observe(TENANT, { rule, entities: [HOST], profiled }, START, START, 1, 'on time');
    const { behavior } = one.observe(TENANT, { rule: 9, entities: [HOST], profiled }, START, START);
    expect(behavior.entityMass).toBeCloseTo(4, 6);
  });
});
