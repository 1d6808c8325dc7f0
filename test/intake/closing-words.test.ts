import { describe, expect, it } from 'vitest';
import { outcomeOfPair, outcomeOfWord } from '../../src/intake/evidence/closing-words.ts';
import { fc } from '../support/fast-check.ts';

// Words of the vendors' own enumerations and consoles, docs/formats.md.
const WORDS: Readonly<Record<string, readonly string[]>> = {
  true_positive: [
    'TruePositive',
    'TRUE_POSITIVE_MALWARE',
    'True positive/Malware',
    'True Positive: Unauthorized access',
    'True Positive - Suspicious Activity',
    'STATUS_090_RESOLVED_TRUE_POSITIVE',
    'STATUS_040_RESOLVED_THREAT_HANDLED',
    'RESOLVED_TRUE_POSITIVE',
    'MALICIOUS_THREAT',
    'true_positive_malicious',
    'MALICIOUS',
    'confirmedCompromised',
  ],
  false_positive: [
    'falsePositive',
    'FALSE_POSITIVE_SYSTEM_ERROR',
    'False Positive/Benign but suspicious',
    'FalsePositive - IncorrectAlertLogic',
    'FalsePositive-InaccurateData',
    'False Positive - Inaccurate Data',
    'false_positive_inaccurate_data',
    'STATUS_080_RESOLVED_FALSE_POSITIVE',
  ],
  benign: [
    'BenignPositive',
    'Benign True Positive',
    'TRUE_POSITIVE_BENIGN',
    'TRUE_POSITIVE_BENIGN_BUT_SUSPICIOUS',
    'True Positive: Benign',
    'true_positive_benign',
    'BenignPositive - SuspiciousButExpected',
    'informationalExpectedActivity',
    'RESOLVED_BENIGN_KNOWN_GOOD',
    'NOT_MALICIOUS_THREAT',
    'PLANNED_ACTION_THREAT',
  ],
  suspicious: ['suspicious', 'Suspicious'],
  no_label: [
    'Undetermined',
    'UNDEFINED',
    'InsufficientData',
    'Insufficient Data',
    'ManagedExternally',
    'Duplicate',
    'SECURITY_TEST_THREAT',
    'INCONCLUSIVE_THREAT',
    'testing_or_maintenance',
    'automated_closure',
    'STATUS_070_RESOLVED_DUPLICATE',
    'STATUS_130_RESOLVED_RISK_ACCEPTED',
    'STATUS_250_RESOLVED_FIXED',
    'VERDICT_UNSPECIFIED',
    'CLOSE_REASON_UNSPECIFIED',
    'OBJECT_DELETED',
    'Unassigned',
    'Noteworthy',
    'No Findings',
  ],
};

describe('a closing word', () => {
  for (const [outcome, words] of Object.entries(WORDS)) {
    it.each(words)(`%s is ${outcome}`, (word) => {
      expect(outcomeOfWord(word)).toBe(outcome);
    });
  }

  it('means the same in every spelling', () => {
    const spellings = [
      (word: string) => word.toUpperCase(),
      (word: string) => word.toLowerCase(),
      (word: string) => word.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase(),
      (word: string) => word.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase(),
      (word: string) => ` ${word} `,
    ];
    const words = Object.entries(WORDS).flatMap(([outcome, list]) =>
      list.map((word) => [word, outcome] as const),
    );
    fc.assert(
      fc.property(fc.constantFrom(...words), fc.constantFrom(...spellings), ([word, outcome], spell) => {
        expect(outcomeOfWord(spell(word))).toBe(outcome);
      }),
    );
  });

  it('that no vocabulary holds has no outcome, however long it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (text) => {
        expect(() => outcomeOfWord(text)).not.toThrow();
      }),
    );
    expect(outcomeOfWord('cheese')).toBeUndefined();
    expect(outcomeOfWord('constructor')).toBeUndefined();
    expect(outcomeOfWord(`true_positive${'x'.repeat(5000)}`)).toBeUndefined();
  });
});

describe('a classification with its determination', () => {
  const classes = ['truePositive', 'TruePositive', 'TRUE_POSITIVE', 'True positive'];
  const details: readonly (readonly [string, string])[] = [
    ['malware', 'true_positive'],
    ['unknown', 'true_positive'],
    ['other', 'true_positive'],
    ['compromisedUser', 'true_positive'],
    ['maliciousUserActivity', 'true_positive'],
    ['securityPersonnel', 'no_label'],
    ['SecurityTesting', 'no_label'],
    ['confirmedActivity', 'benign'],
    ['ConfirmedUserActivity', 'benign'],
    ['lineOfBusinessApplication', 'benign'],
    ['notEnoughDataToValidate', 'no_label'],
    ['noEnoughDataToValidate', 'no_label'],
    ['InsufficientData', 'no_label'],
  ];
  it.each(classes.flatMap((one) => details.map(([detail, outcome]) => [one, detail, outcome] as const)))(
    '%s, %s is %s',
    (one, detail, outcome) => {
      expect(outcomeOfPair(one, detail)).toBe(outcome);
    },
  );

  it('is a false positive or benign whatever was determined, but for too little data', () => {
    for (const detail of ['clean', 'notMalicious', 'other', 'unknown', 'securityTesting', undefined]) {
      expect(outcomeOfPair('falsePositive', detail)).toBe('false_positive');
      expect(outcomeOfPair('informationalExpectedActivity', detail)).toBe('benign');
    }
    for (const one of ['falsePositive', 'informationalExpectedActivity', 'benignPositive', 'unknown']) {
      expect(outcomeOfPair(one, 'noEnoughDataToValidate')).toBe('no_label');
    }
  });
});
