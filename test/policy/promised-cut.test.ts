import { describe, expect, it } from 'vitest';
import { PROMISE_CONFIDENCE, promisedCut } from '../../src/policy/promised-cut.ts';
import { createRandom } from '../../src/trees/random.ts';

const alone = (n: number): string[] => Array.from({ length: n }, (_, i) => `incident ${i}`);
const attacks = (n: number): Int32Array => new Int32Array(n);
/** n probabilities spread evenly over 0 to 1. */
const evenly = (n: number): number[] => Array.from({ length: n }, (_, i) => (i + 0.5) / n);
const ATTACKS = 1000;

describe('the cut that is promised to miss no more than a share', () => {
  it('closes nothing where too few attacks were judged to say so', () => {
    const cutOf = (n: number): number =>
      promisedCut({ attack: evenly(n), labels: attacks(n) }, alone(n), 0.01);
    expect(cutOf(0)).toBe(0);
    expect(cutOf(162)).toBe(0);
    expect(cutOf(163)).toBe(0.5 / 163);
  });

  it('stops where the upper end of the share missed passes what is promised', () => {
    // of 1,000: the upper end is 1.07 % at 6 missed and 0.96 % at 5
    const attack = evenly(ATTACKS);
    expect(promisedCut({ attack, labels: attacks(ATTACKS) }, alone(ATTACKS), 0.01)).toBe(attack[5]);
  });

  it('counts attacks only, in any order', () => {
    const attack = [...evenly(ATTACKS), ...evenly(5000)].reverse();
    const labels = Int32Array.from(attack, (_, i) => (i < 5000 ? 3 : 0));
    expect(promisedCut({ attack, labels }, alone(6000), 0.01)).toBe(evenly(ATTACKS)[5]);
  });

  it('closes equal probabilities together or not at all', () => {
    const attack = evenly(ATTACKS).map((p) => Math.max(p, 0.0205));
    expect(promisedCut({ attack, labels: attacks(ATTACKS) }, alone(ATTACKS), 0.01)).toBe(0.0205);
    const tied = evenly(ATTACKS).map((p, i) => (i < 3 ? 0.001 : p));
    expect(promisedCut({ attack: tied, labels: attacks(ATTACKS) }, alone(ATTACKS), 0.01)).toBe(tied[5]);
  });

  it('takes the missed alerts of one incident for one piece of luck', () => {
    const attack = evenly(ATTACKS);
    const groups = alone(ATTACKS).map((group, i) => (i < 4 ? 'one' : group));
    const cut = promisedCut({ attack, labels: attacks(ATTACKS) }, groups, 0.01);
    expect(cut).toBeLessThan(attack[5]!);
    expect(cut).toBeGreaterThan(0);
  });

  it('closes nothing where no cut may be made, and everything below the last where all may be missed', () => {
    const attack = evenly(ATTACKS);
    expect(promisedCut({ attack, labels: attacks(ATTACKS) }, alone(ATTACKS), 1e-6)).toBe(0);
    expect(promisedCut({ attack, labels: attacks(ATTACKS) }, alone(ATTACKS), 0.9999)).toBe(attack.at(-1));
  });

  // Attacks of one incident share most of their probability; the share missed below a cut is known exactly. Seeded: what
  // is held is a share of 150 draws, and a draw is right or wrong by chance.
  it.each([1, 5])('is kept as often as it says, with %i alerts an incident', (size) => {
    const random = createRandom(size);
    const draws = 150;
    let kept = 0;
    let mean = 0;
    for (let draw = 0; draw < draws; draw++) {
      const attack: number[] = [];
      const groups: string[] = [];
      for (let incident = 0; incident < 3000 / size; incident++) {
        const shared = random.next();
        for (let i = 0; i < size; i++) {
          attack.push(random.next() < 0.8 ? shared : random.next());
          groups.push(String(incident));
        }
      }
      // uniform whatever the incident: the share missed below a cut is the cut
      const cut = promisedCut({ attack, labels: attacks(attack.length) }, groups, 0.02);
      if (cut <= 0.02) kept++;
      mean += cut / draws;
    }
    expect(kept / draws).toBeGreaterThan(PROMISE_CONFIDENCE - 0.05);
    // and no more is left open than that takes
    expect(mean).toBeGreaterThan(size === 1 ? 0.0145 : 0.01);
  });
});
