import { describe, expect, it } from 'vitest';
import {
  decodeContainer,
  encodeContainer,
  FormatError,
  type TypedArray,
} from '../../src/trees/forest/forest-format.ts';
import { decodeForest, encodeForest, validateForest } from '../../src/trees/forest/forest-sections.ts';
import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { GradientBoostingClassifier } from '../../src/trees/learners/gradient-boosting-classifier.ts';
import { IsolationForest } from '../../src/trees/learners/isolation-forest.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { fc } from '../support/fast-check.ts';
import { labelledData } from '../support/tree-data.ts';

const sections: Record<string, TypedArray> = {
  bytes: Uint8Array.of(1, 2, 3),
  halves: Int16Array.of(-1, 32767),
  words: Uint32Array.of(4294967295),
  none: new Float32Array(0),
  doubles: Float64Array.of(Math.PI, Number.NaN),
};

const { X, labels, targets } = labelledData(60, 3, 1);
const forest = RandomForestClassifier.fit(X, labels, { nEstimators: 3, seed: 1 }).forest;

describe('a container', () => {
  const bytes = encodeContainer('thing', { a: [1, null, 'x'], b: { c: true } }, sections);

  it('gives back what went in, sections as views', () => {
    const read = decodeContainer(bytes);
    expect(read.kind).toBe('thing');
    expect(read.header).toEqual({ a: [1, null, 'x'], b: { c: true } });
    expect(Object.keys(read.sections)).toEqual(Object.keys(sections));
    for (const [name, section] of Object.entries(sections)) {
      expect(read.sections[name]).toEqual(section);
      expect(read.sections[name]!.buffer).toBe(bytes.buffer);
    }
  });

  it('is read from any offset of a larger buffer', () => {
    for (const offset of [1, 4, 8]) {
      const larger = new Uint8Array(bytes.length + offset);
      larger.set(bytes, offset);
      expect(decodeContainer(larger.subarray(offset)).sections['doubles']).toEqual(sections['doubles']);
    }
  });

  it('refuses any change of any byte with a reason', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = bytes.slice();
        changed[at]! ^= flip;
        expect(() => decodeContainer(changed)).toThrow(FormatError);
        expect(() => decodeContainer(changed)).toThrow(/^Expected .+\.$/);
      }),
    );
  });

  it('refuses truncated, extended and random bytes with a reason', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(() => decodeContainer(bytes.subarray(0, length))).toThrow(FormatError);
      }),
    );
    expect(() => decodeContainer(Uint8Array.from([...bytes, 0]))).toThrow(FormatError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (random) => {
        expect(() => decodeContainer(random)).toThrow(FormatError);
      }),
    );
  });

  it('refuses a table of sections that does not fit, although the digest does', async () => {
    const { createHash } = await import('node:crypto');
    const forged = (head: object) => {
      const text = Buffer.from(JSON.stringify(head));
      const body = Buffer.alloc(Math.ceil((16 + text.length) / 8) * 8 + 8);
      body.write('ALRTFRST');
      body.writeUInt32LE(1, 8);
      body.writeUInt32LE(text.length, 12);
      text.copy(body, 16);
      return Buffer.concat([body, createHash('sha256').update(body).digest()]);
    };
    const table = (...entries: object[]) => forged({ kind: 'x', header: {}, sections: entries });
    const good = { name: 'a', type: 'u8', offset: 0, length: 8 };
    expect(decodeContainer(table(good)).sections['a']).toHaveLength(8);
    const wrong: [object[], RegExp][] = [
      [[{ ...good, length: 1e12 }], /within the file/],
      [[{ ...good, length: -1 }], /offset and a length/],
      [[{ ...good, offset: 8 }], /at offset 0, got 8/],
      [[{ ...good, type: 'u64' }], /of a type in/],
      [[good, { ...good, offset: 8, length: 0 }], /each section once/],
      [[{ ...good, name: 3 }], /to have a name/],
      [[], /bytes of sections/],
    ];
    for (const [entries, reason] of wrong) expect(() => decodeContainer(table(...entries))).toThrow(reason);
    expect(() => decodeContainer(forged({ kind: 3 }))).toThrow(FormatError);
    expect(() => decodeContainer(forged([]))).toThrow(FormatError);
  });

  it('refuses a later format version by number', () => {
    const later = bytes.slice();
    later[8] = 2;
    expect(() => decodeContainer(later)).toThrow('Expected format version 1, got 2.');
  });
});

describe('a stored forest', () => {
  it('comes back as it was, under any prefix', () => {
    expect(decodeForest(encodeForest(forest, 'p_'), 'p_')).toEqual(forest);
  });

  it('is refused by name when a section is absent or of another type', () => {
    const { cover: _, ...rest } = encodeForest(forest);
    expect(() => decodeForest(rest)).toThrow('Expected a section `cover`, got none.');
    const mixed = { ...encodeForest(forest), left: Float32Array.of(1) };
    expect(() => decodeForest(mixed)).toThrow('Expected section `left` as Int32Array, got Float32Array.');
  });

  it('is refused when forged so that scoring could loop or leave the arrays', () => {
    const split = forest.feature.findIndex((column) => column >= 0);
    const forge = (change: (copy: Record<string, TypedArray>) => void) => {
      const copy = Object.fromEntries(
        Object.entries(encodeForest(forest)).map(([name, section]) => [name, section.slice()]),
      );
      change(copy);
      return () => decodeForest(copy);
    };
    const set = (name: string, at: number, value: number) =>
      forge((copy) => {
        copy[name]![at] = value;
      });
    expect(set('left', split, split)).toThrow(FormatError);
    expect(set('left', split, 1e9)).toThrow(FormatError);
    expect(set('left', split, -5)).toThrow(FormatError);
    expect(set('left', split, forest.left[split]! + 1)).toThrow(FormatError);
    expect(set('left', split, forest.left[split]! + 2)).toThrow(FormatError);
    expect(set('feature', split, 3)).toThrow(FormatError);
    expect(set('feature', split, -2)).toThrow(FormatError);
    expect(set('feature', split, -1)).toThrow(FormatError);
    expect(set('threshold', split, Number.NaN)).toThrow(FormatError);
    expect(set('missing_left', split, 2)).toThrow(FormatError);
    expect(set('value', 4, Number.POSITIVE_INFINITY)).toThrow(FormatError);
    expect(set('cover', 0, Number.NaN)).toThrow(FormatError);
    expect(set('roots', 1, 0)).toThrow(FormatError);
    expect(set('roots', 2, 1e6)).toThrow(FormatError);
    expect(set('roots', 0, 1)).toThrow(FormatError);
    expect(set('shape', 1, 0)).toThrow(FormatError);
    expect(set('shape', 0, 100000)).toThrow(FormatError);
    expect(forge((copy) => Object.assign(copy, { roots: new Int32Array(0) }))).toThrow(FormatError);
    expect(forge((copy) => Object.assign(copy, { cover: new Float32Array(1) }))).toThrow(FormatError);
  });

  it('either passes the check or is refused, whatever numbers it holds', () => {
    const node = fc.record({
      feature: fc.integer({ min: -1, max: 3 }),
      left: fc.integer({ min: -1, max: 12 }),
      threshold: fc.float(),
    });
    fc.assert(
      fc.property(
        fc.array(node, { maxLength: 11 }),
        fc.array(fc.integer({ min: -1, max: 11 })),
        (nodes, roots) => {
          const candidate = {
            nFeatures: 2,
            nOutputs: 1,
            roots: Int32Array.from([0, ...roots]),
            feature: Int16Array.from(nodes, (n) => n.feature),
            threshold: Float32Array.from(nodes, (n) => n.threshold),
            left: Int32Array.from(nodes, (n) => n.left),
            missingLeft: new Uint8Array(nodes.length),
            value: new Float32Array(nodes.length),
            cover: new Float32Array(nodes.length),
          };
          try {
            validateForest(candidate);
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
            return;
          }
          // What passes can be walked: every path from a root ends.
          for (const root of candidate.roots) {
            const open = [root];
            for (let steps = 0; open.length > 0; steps++) {
              expect(steps).toBeLessThan(nodes.length + 1);
              const at = open.pop()!;
              if (candidate.feature[at]! >= 0) open.push(candidate.left[at]!, candidate.left[at]! + 1);
            }
          }
        },
      ),
    );
  });
});

describe('a stored model', () => {
  const models: [string, { toBuffer(): Uint8Array }, (bytes: Uint8Array) => unknown][] = [
    ['random forest', RandomForestClassifier.fit(X, labels, { nEstimators: 2 }), RandomForestClassifier.from],
    ['isolation forest', IsolationForest.fit(X, { nEstimators: 2 }), IsolationForest.from],
    [
      'boosted regressor',
      GradientBoostingRegressor.fit(X, targets, { nEstimators: 2 }),
      GradientBoostingRegressor.from,
    ],
    [
      'boosted classifier',
      GradientBoostingClassifier.fit(X, labels, { nEstimators: 2 }),
      GradientBoostingClassifier.from,
    ],
  ];

  it.each(models)('(%s) is refused by every other learner, by kind', (_, model, own) => {
    const bytes = model.toBuffer();
    expect(() => own(bytes)).not.toThrow();
    for (const [, , from] of models)
      if (from !== own) expect(() => from(bytes)).toThrow(/Expected a file of kind/);
  });

  it.each(models)('(%s) is refused with a reason when its header or a section is wrong', (_, model, from) => {
    const { kind, header, sections: own } = decodeContainer(model.toBuffer());
    for (const name of Object.keys(own)) {
      const { [name]: __, ...rest } = own;
      expect(() => from(encodeContainer(kind, header, rest))).toThrow(FormatError);
    }
    for (const name of Object.keys(header)) {
      expect(() => from(encodeContainer(kind, { ...header, [name]: 'x' }, own))).toThrow(FormatError);
    }
  });
});
