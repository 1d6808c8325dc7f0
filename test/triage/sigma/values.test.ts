import ipaddr from 'ipaddr.js';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import {
  addressGroups,
  hasHostBits,
  isInCidr,
  parseCidr,
} from '../../../src/triage/rules/sigma/values/cidr.ts';
import { base64Offsets } from '../../../src/triage/rules/sigma/values/encodings.ts';
import { folded } from '../../../src/triage/rules/sigma/values/fold.ts';
import { globOf, matchesGlob } from '../../../src/triage/rules/sigma/values/glob.ts';
import { GramSet, gramHashes } from '../../../src/triage/rules/sigma/values/gram-set.ts';
import { canonicalNumber, numericOf } from '../../../src/triage/rules/sigma/values/numeric.ts';
import {
  ANY,
  joinedTokens,
  ONE,
  parsePattern,
  type Token,
} from '../../../src/triage/rules/sigma/values/pattern.ts';
import { Regex } from '../../../src/triage/rules/sigma/values/regex.ts';
import {
  hasRequired,
  regexFolded,
  requiredBranches,
  requiredGrams,
  requiredLiterals,
} from '../../../src/triage/rules/sigma/values/required-literals.ts';
import { timePartOf } from '../../../src/triage/rules/sigma/values/time-part.ts';
import { fc } from '../../support/fast-check.ts';

function gramsOf(text: string): GramSet {
  const grams = new GramSet();
  grams.fill(folded(text));
  return grams;
}

describe('grams', () => {
  const units = fc.constantFrom('a', 'k', 's', '_', '7', ' ', '\\', '-', '\u212a', '\u017f', 'É', '漢', '😀');
  const texts = fc.array(units, { maxLength: 12 }).map((parts) => parts.join(''));

  it('of a text are those of every part of it, whatever the set held before', () => {
    const grams = new GramSet();
    fc.assert(
      fc.property(texts, texts, texts, fc.nat(3), (before, literal, after, size) => {
        const rest = 'lorem ipsum '.repeat(10 ** size);
        grams.fill(folded(`${rest}${before}${literal}${after}`));
        expect(grams.mayHave(gramHashes([folded(literal)]))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('rule out a literal that is not there, and one in the middle of a word where a word has to begin', () => {
    const grams = gramsOf('\u212anc sync \u017fh finish C:\\Tools\\x.exe');
    const mayStart = (literal: string): boolean => grams.mayHave(gramHashes([literal], true));
    expect(grams.mayHave(gramHashes(['xmrig']))).toBe(false);
    expect(grams.mayHave(gramHashes(['tools', 'zzz']))).toBe(false);
    expect(mayStart('yn')).toBe(false);
    expect(mayStart('sy')).toBe(true);
    // to the automaton neither of the two that fold to letters is one of a word
    expect(mayStart('nc')).toBe(true);
    expect(mayStart('sh')).toBe(true);
  });
});

describe('folding', () => {
  it('agrees with the simple case folding of Unicode but for the long s', () => {
    const differing: string[] = [];
    for (let code = 0; code < 0x1ffff; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const text = String.fromCodePoint(code);
      const other = folded(text);
      if (other !== text && !new RegExp(`^\\u{${code.toString(16)}}$`, 'iu').test(other))
        differing.push(text);
      for (const twin of [text.toLowerCase(), text.toUpperCase()]) {
        const isTwin = twin !== text && [...twin].length === 1;
        if (!isTwin || folded(twin) === other) continue;
        if (new RegExp(`^\\u{${code.toString(16)}}$`, 'iu').test(twin)) differing.push(text);
      }
    }
    expect(differing).toEqual(['ſ']);
  });

  it('keeps the length and does not look at neighbours', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(folded(a)).toHaveLength(a.length);
        expect(folded(a + b)).toBe(folded(a) + folded(b));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('globs', () => {
  const token: fc.Arbitrary<Token> = fc.oneof(
    fc.constantFrom('a', 'b', 'ab', '😀', '\n'),
    fc.constant<Token>(ANY),
    fc.constant<Token>(ONE),
  );

  it('match as the regular expressions that say the same', () => {
    fc.assert(
      fc.property(
        fc.array(token, { maxLength: 6 }),
        fc.array(fc.constantFrom('a', 'b', '😀', '\n'), { maxLength: 8 }).map((parts) => parts.join('')),
        (tokens, text) => {
          const joined = joinedTokens(tokens);
          const source = joined.map((each) => (each === ANY ? '.*' : each === ONE ? '.' : each)).join('');
          expect(matchesGlob(globOf(joined), text)).toBe(new RegExp(`^${source}$`, 'su').test(text));
        },
      ),
      { numRuns: 40_000 },
    );
  });

  it.each([
    ['a\\b', ['a\\b']],
    ['a\\\\b', ['a\\b']],
    ['a\\*b', ['a*b']],
    ['a\\\\*b', ['a\\', ANY, 'b']],
    ['a\\\\\\*b', ['a\\*b']],
    ['a\\\\\\b', ['a\\\\b']],
    ['a\\\\\\\\b', ['a\\\\b']],
    ['\\?x?', ['?x', ONE]],
    ['\\', ['\\']],
  ] as const)('%s is read as %j', (text, tokens) => {
    expect(joinedTokens(parsePattern(text))).toEqual(tokens);
  });
});

// ipaddr.js 2.5.0 reads an address with a dotted tail, ::1.2.3.4, as the mapped one, ::ffff:1.2.3.4: it is asked about
// the form without dots.
const plain = (address: string): string =>
  address.includes(':') ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;

describe('networks', () => {
  it('hold the addresses that ipaddr.js says they hold', () => {
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom('10.1.2.3', '10.1.2.4', 'fe80::1', '::1', '::'),
    );
    fc.assert(
      fc.property(address, address, fc.nat({ max: 128 }), (network, inside, length) => {
        const parsed = ipaddr.parse(plain(network));
        const prefix = Math.min(length, parsed.kind() === 'ipv4' ? 32 : 128);
        const cidr = parseCidr(`${network}/${prefix}`)!;
        const other = ipaddr.parse(plain(inside));
        const wanted = parsed.kind() === other.kind() && other.match([parsed as never, prefix]);
        expect(isInCidr(cidr, addressGroups(inside)!)).toBe(wanted);
        expect(hasHostBits(cidr)).toBe(
          parsed.kind() === 'ipv4'
            ? ipaddr.IPv4.networkAddressFromCIDR(`${plain(network)}/${prefix}`).toString() !==
                parsed.toString()
            : ipaddr.IPv6.networkAddressFromCIDR(`${plain(network)}/${prefix}`).toString() !==
                parsed.toString(),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    '192.0.2.999',
    '192.0.2.010',
    '192.0.2.5:443',
    'fe80::1%eth0',
    '1.2.3',
    ' 1.2.3.4',
    '::1::',
    ':::',
    '',
  ])('%s is no address', (text) => {
    expect(addressGroups(text)).toBeUndefined();
  });
});

describe('encodings', () => {
  it('finds what was encoded at any offset', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 2, maxLength: 20 }),
        fc.uint8Array({ maxLength: 5 }),
        fc.uint8Array({ maxLength: 5 }),
        (middle, before, behind) => {
          const whole = Buffer.concat([before, middle, behind]).toString('base64');
          expect(base64Offsets(Buffer.from(middle)).some((text) => whole.includes(text))).toBe(true);
        },
      ),
    );
  });
});

describe('numbers', () => {
  it.each([
    ['9007199254740993', 9007199254740993n],
    ['+5', 5],
    ['1e3', 1000],
    ['.5', 0.5],
  ])('%s is a number', (text, value) => expect(numericOf(text)).toBe(value));

  it.each(['', ' 10 ', '0x10', 'true', 'abc', '1_000', 'NaN', '-', '.', '1e'])('%j is none', (text) =>
    expect(numericOf(text)).toBeUndefined(),
  );

  it.each([
    ['010', '10'],
    ['0x17', '23'],
    ['1.0', '1'],
    ['-0', '0'],
    ['+7', '7'],
    ['9007199254740993', '9007199254740993'],
  ])('%s is %s on its way through JSON', (source, text) => expect(canonicalNumber(source)).toBe(text));
});

describe('regular expressions', () => {
  const patterns = [
    'ab+c',
    'a?b',
    '(x|y)ab',
    'ab|cd',
    'a{2,}b',
    '[ab]c\\.d',
    '(?i)ABk',
    'a.*b',
    '^ab$',
    '😀?b',
    'ab{0}c',
    '(?:as|bk)c',
    '\\b(?:ab|cd)\\b.*s',
    '(a(b|(c|s)))+x',
    '(?:a|)b',
    '(?:ab|c?)s',
    'k(?:s|d){2}',
    '(?:s{2,}|x)(?:a|b)?k',
    'ab?\\s+c',
    '\\bab(?:\\.x)?b?\\s+d',
    'a\\s*b?\\s*c',
    'a\\s+ b',
    'a(?: b)? \\s+c',
    '\\bk?s\\b\\s*a',
    '\\x61\\s\\x2e?b',
    '(?:^|\\s)(?:ab|s)(?:\\.x)?\\s',
    'a b?\\bc|\\b\\.x',
    '(?:ab\\s+)+c',
    '(ab)?(?:\\s)?c',
    '\\b(?:as|s)(?:\\.x)?c',
    '(?:^|[\\s."])(?:as|k|s)b',
    '[.\\s]+sab|x',
    '^(?:sa|ka)',
    '\\s(?:s|k)\\s',
    '(?:^|[.x])(?:as|s)',
    '\\b(?:\\.|x)ab',
    '\\b(?:s|ab)+k',
  ];

  it('require the runs that every text they find has', () => {
    const text = fc
      .array(
        fc.constantFrom(
          'a',
          'b',
          'c',
          'd',
          '.',
          'x',
          's',
          'A',
          'B',
          'K',
          'S',
          ' ',
          '\n',
          'ab',
          'ab ',
          '\u212a',
          '\u017f',
          '😀',
          '\ud83d',
        ),
        {
          maxLength: 8,
        },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.constantFrom(...patterns), fc.boolean(), text, (pattern, ignoresCase, value) => {
        const source = { pattern, ignoresCase, isMultiline: false, isDotAll: false };
        const finds = RE2JS.compile(pattern, ignoresCase ? RE2JS.CASE_INSENSITIVE : 0).test(value);
        const required = requiredBranches(source);
        if (finds && required !== undefined) {
          expect(hasRequired(required, regexFolded(value))).toBe(true);
          expect(hasRequired(required, regexFolded(value), value)).toBe(true);
          const grams = gramsOf(value);
          expect(hasRequired(required, regexFolded(value), value, grams)).toBe(true);
          expect(requiredGrams(required).some((choice) => grams.mayHave(choice))).toBe(true);
          expect(requiredLiterals(required)!.some((text) => regexFolded(value).includes(text))).toBe(true);
        }
        expect(new Regex(source).test(value)).toBe(finds);
        expect(new Regex(source).test(value, folded(value), gramsOf(value))).toBe(finds);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each(['(?=a)', '(a)\\1', 'a(', '\\Z', 'a{2000}'])('%s is refused', (pattern) => {
    const regex = new Regex({ pattern, ignoresCase: false, isMultiline: false, isDotAll: false });
    expect(() => regex.check(0)).toThrow('Expected a regular expression of RE2');
  });

  it.each([
    ['^.{3}', false],
    ['^.{3}', true],
    ['.{3}', false],
    ['^.{3,}', false],
  ])('%s with several lines %s is counted as the automaton would', (pattern, isMultiline) => {
    const flags = isMultiline ? RE2JS.MULTILINE : 0;
    const regex = new Regex({ pattern, ignoresCase: false, isMultiline, isDotAll: false });
    for (const text of ['', 'ab', 'abc', 'ab\nabcd', 'abcd\na', 'a😀', 'a😀b', '\nabc']) {
      expect([text, regex.test(text)]).toEqual([text, RE2JS.compile(pattern, flags).test(text)]);
    }
  });

  it('a length alone is counted, not searched for', () => {
    const long = new Regex({ pattern: '.{5,}', ignoresCase: false, isMultiline: false, isDotAll: false });
    expect(['abcde', 'abcd', 'ab\ncde', 'ab😀de'].map((text) => long.test(text))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('are compiled when they are prepared, whatever they require of a text', () => {
    const broken = { pattern: 'needed{2,1}', ignoresCase: false, isMultiline: false, isDotAll: false };
    // without what it requires a text never reaches the automaton
    expect(new Regex(broken).test('other')).toBe(false);
    expect(() => new Regex(broken).prepare()).toThrow(/invalid repeat count/);
  });
});

describe('parts of a time', () => {
  it.each([
    ['hour', '2024-05-01T13:30:00+05:00', 13],
    ['hour', '2024-05-01', undefined],
    ['day', '2024-05-01', 1],
    ['week', '2024-12-30', 1],
    ['week', '2026-12-31', 53],
    ['month', '2024-05-01 13:30:00', 5],
    ['minute', '2024-05-01T13:30:00.1234567Z', 30],
    ['year', 1714570200, 2024],
    ['year', 1714570200000, 2024],
    ['hour', '13:30', undefined],
    ['hour', '2024-13-01T10:00:00Z', undefined],
  ] as const)('%s of %s is %s', (part, value, wanted) => expect(timePartOf(part, value)).toBe(wanted));
});
