import { describe, expect, it } from 'vitest';
import { ABSENT, grown, KeyedTable, type TableColumns } from '../../src/triage/behavior/keyed-table.ts';
import { fc } from '../support/fast-check.ts';

class Worths implements TableColumns {
  values = new Float64Array(0);
  grow(capacity: number): void {
    this.values = grown(this.values, new Float64Array(capacity));
  }
  reset(entry: number): void {
    this.values[entry] = 0;
  }
  worth(entry: number): number {
    return this.values[entry]!;
  }
}

const keyOf = (n: number): number => n * 7_919 + (n % 3) * 0x100000000;

describe('KeyedTable', () => {
  it('holds what a map would hold, in the order of the last use, up to its limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(60), { maxLength: 400 }),
        fc.integer({ min: 1, max: 50 }),
        (uses, limit) => {
          const columns = new Worths();
          const table = new KeyedTable(limit, columns);
          const model: number[] = [];
          for (const use of uses) {
            const key = keyOf(use);
            const known = model.indexOf(key);
            if (known >= 0) model.splice(known, 1);
            else if (model.length === limit) model.shift();
            model.push(key);
            const entry = table.take(key, 0);
            columns.values[entry] = 1;
            expect(table.find(key)).toBe(entry);
          }
          expect(table.size).toBe(model.length);
          expect([...table.entries()].map((entry) => table.keyOf(entry))).toEqual(model);
          for (let n = 0; n <= 60; n++) {
            expect(table.find(keyOf(n)) !== ABSENT).toBe(model.includes(keyOf(n)));
          }
        },
      ),
    );
  });

  it('gives up the least worth among those unseen for longest', () => {
    const columns = new Worths();
    const table = new KeyedTable(100, columns);
    for (let n = 0; n < 100; n++) {
      const entry = table.take(keyOf(n), 0);
      columns.values[entry] = n === 5 ? 0.5 : n === 99 ? 0.1 : 1;
    }
    table.take(keyOf(1_000), 0);
    expect(table.find(keyOf(5))).toBe(ABSENT);
    // worth the least of all, but seen a moment ago
    expect(table.find(keyOf(99))).not.toBe(ABSENT);
    expect(table.size).toBe(100);
  });
});
