import type { SigmaEvent } from '../../../src/triage/rules/sigma/match/event-field.ts';
import type {
  Detection,
  DetectionItem,
  RuleDocument,
} from '../../../src/triage/rules/sigma/read/document.ts';
import type { Scalar } from '../../../src/triage/rules/sigma/read/scalar.ts';
import { fc } from '../../support/fast-check.ts';

// Rules and events out of one small vocabulary, so that most tests of a rule have something to find: parts of paths
// and command lines, every kind of dash, letters whose folding is a trap, wildcards, numbers in several writings.

const PARTS = [
  'powershell',
  'cmd',
  '.exe',
  '\\',
  ' -enc',
  ' /c ',
  '–f',
  'Temp',
  'a',
  'AB',
  'x',
  ' ',
  '4688',
  'é',
  'É',
  'ß',
  'ẞ',
  'Σ',
  'ς',
  '\u212a',
  'İ',
  'ſ',
  '😀',
  '✋',
  '10.0.0.7',
  '2024-05-01T13:30:00Z',
] as const;

const FIELDS = ['A', 'B', 'C', 'n.x', 'n.y.z', 'l.v'] as const;

const text = (max: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...PARTS), { maxLength: max }).map((parts) => parts.join(''));

const pattern: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...PARTS, '*', '?', '\\*', '\\\\'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''));

const number: fc.Arbitrary<Scalar> = fc
  .constantFrom('1', '010', '1.0', '4688', '9007199254740993', '0x17', '-3')
  .map((n) => ({ n }));

interface Shape {
  readonly modifiers: readonly string[];
  readonly value: fc.Arbitrary<Scalar>;
  readonly isSingle?: boolean;
}

const SHAPES: readonly Shape[] = [
  { modifiers: [], value: fc.oneof(pattern, number, fc.boolean(), fc.constant(null), fc.constant('')) },
  { modifiers: ['contains'], value: pattern },
  { modifiers: ['startswith'], value: pattern },
  { modifiers: ['endswith'], value: pattern },
  { modifiers: ['contains', 'all'], value: pattern },
  { modifiers: ['contains', 'windash'], value: fc.constantFrom(' -enc', ' /c ', '-f', 'cmd -f*x') },
  { modifiers: ['contains', 'cased'], value: pattern },
  { modifiers: ['endswith', 'cased'], value: pattern },
  { modifiers: ['cased'], value: pattern },
  { modifiers: ['neq'], value: pattern },
  { modifiers: ['contains', 'neq'], value: pattern },
  {
    modifiers: ['re'],
    value: fc.constantFrom(
      '^cmd',
      'power.*exe',
      '(?i)TEMP.*x',
      'a|x',
      '[0-9]{4}',
      'shell(\\.exe)?$',
      '\\\\Temp',
    ),
  },
  { modifiers: ['re', 'i'], value: fc.constantFrom('POWERSHELL', 'cmd.*K', 'temp', 'ask|enc ') },
  { modifiers: ['cidr'], value: fc.constantFrom('10.0.0.0/8', '192.0.2.0/24', '10.0.0.7') },
  { modifiers: ['gt'], value: number },
  { modifiers: ['lte'], value: number },
  { modifiers: ['hour'], value: fc.constant({ n: '13' }) },
  { modifiers: ['year', 'gte'], value: fc.constant({ n: '2024' }) },
  { modifiers: ['exists'], value: fc.boolean(), isSingle: true },
  { modifiers: ['fieldref'], value: fc.constantFrom('A', 'B', 'n.x'), isSingle: true },
  { modifiers: ['fieldref', 'startswith'], value: fc.constantFrom('A', 'B', 'n.x'), isSingle: true },
  { modifiers: ['base64offset', 'contains'], value: fc.constantFrom('cmd', 'powershell') },
];

const valuesOf = ({ value, isSingle }: Shape): fc.Arbitrary<Scalar[]> =>
  fc.array(value, { minLength: 1, maxLength: isSingle ? 1 : 3 });

const fieldItem: fc.Arbitrary<DetectionItem> = fc.constantFrom(...SHAPES).chain((shape) =>
  fc.record({
    field: fc.constantFrom(...FIELDS),
    modifiers: fc.constant(shape.modifiers),
    values: valuesOf(shape),
    isList: fc.constant(true),
    at: fc.constant(-1),
  }),
);

const keywordItem: fc.Arbitrary<DetectionItem> = fc.record({
  field: fc.constant(''),
  modifiers: fc.constantFrom<readonly string[]>([], ['all'], ['cased']),
  values: fc.array(pattern as fc.Arbitrary<Scalar>, { minLength: 1, maxLength: 2 }),
  isList: fc.constant(true),
  at: fc.constant(-1),
});

const CONDITIONS = [
  'a',
  'a and b',
  'a or b',
  'a and not b',
  'not a',
  'not (a and b) or c',
  '1 of them',
  'all of them',
  '2 of them',
  'a and 1 of *',
  'not 1 of them',
  'a and not (b or not c)',
];

const detection: fc.Arbitrary<Detection> = fc
  .tuple(
    fc.array(
      fc.array(
        fc.array(fc.oneof({ weight: 7, arbitrary: fieldItem }, keywordItem), { minLength: 1, maxLength: 3 }),
        {
          minLength: 1,
          maxLength: 2,
        },
      ),
      { minLength: 3, maxLength: 3 },
    ),
    fc.constantFrom(...CONDITIONS),
  )
  .map(([alternatives, condition]) => ({
    selections: alternatives.map((each, i) => ({ name: 'abc'[i]!, alternatives: each })),
    conditions: [{ text: condition, at: -1 }],
  }));

export const randomRule: fc.Arbitrary<RuleDocument> = fc.record({
  kind: fc.constant('rule' as const),
  id: fc.constant(''),
  name: fc.constant(''),
  title: fc.constant('generated'),
  level: fc.constant(undefined),
  tags: fc.constant([]),
  attributes: fc.constant({}),
  file: fc.constant('generated'),
  at: fc.constant(-1),
  logsource: fc.constantFrom({}, { product: 'windows' }, { product: 'linux' }),
  detection,
});

const scalar: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: text(5) },
  fc.constantFrom(1, 23, 4688, -3, 1.5, true, false, null, '', '010', '9007199254740993', 1714570200),
);

const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  fc.constant({ x: 'a' }),
);

const nested: fc.Arbitrary<unknown> = fc.oneof(
  fc.record({ x: value, y: fc.record({ z: value }) }, { requiredKeys: [] }),
  scalar,
);

export const randomEvent: fc.Arbitrary<SigmaEvent> = fc.record(
  {
    A: value,
    B: value,
    C: value,
    'C ': value,
    n: nested,
    'n.x': value,
    l: fc.array(fc.record({ v: value }, { requiredKeys: [] }), { maxLength: 3 }),
    other: value,
  },
  { requiredKeys: [] },
);
