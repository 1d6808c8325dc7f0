import { describe, expect, it } from 'vitest';
import {
  ELASTIC_SCALE,
  FALCON_SCALE,
  GUARDDUTY_SCALE,
  PERCENT_SCALE,
  SENTINEL_SCALE,
  type SeverityScale,
  severityOfFive,
  severityOfOcsf,
  severityOfPriority,
  severityOfWord,
  severityOnScale,
  TEN_SCALE,
  WAZUH_SCALE,
} from '../../src/intake/values/severity-scale.ts';

describe('severity', () => {
  it('is read from the words of vendors in any case and dress', () => {
    const words = [
      'Informational',
      'LOW',
      'medium',
      'E_HIGH',
      'SEVERITY_CRITICAL',
      'Very-High',
      'WARN',
      'P1',
      'Informational ',
    ];
    expect(words.map((word) => severityOfWord(word))).toEqual([
      'informational',
      'low',
      'medium',
      'high',
      'critical',
      'critical',
      'medium',
      'critical',
      'informational',
    ]);
    expect(severityOfWord('constructor')).toBeUndefined();
    expect(severityOfWord('purple')).toBeUndefined();
  });

  it('falls from 1 on the scale of intrusion detection rules', () => {
    expect([1, 2, 3, 4, 255, 0].map(severityOfPriority)).toEqual([
      'high',
      'medium',
      'low',
      'informational',
      'informational',
      'unknown',
    ]);
  });

  it('rises from 1 to 5 and by the ids of OCSF', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map(severityOfFive)).toEqual([
      'unknown',
      'informational',
      'low',
      'medium',
      'high',
      'critical',
      'unknown',
    ]);
    expect([0, 1, 4, 5, 6, 99, -1].map(severityOfOcsf)).toEqual([
      'unknown',
      'informational',
      'high',
      'critical',
      'critical',
      'unknown',
      'unknown',
    ]);
  });

  const scales: readonly [string, SeverityScale, readonly [number, string][]][] = [
    [
      '0-100',
      PERCENT_SCALE,
      [
        [0, 'informational'],
        [1, 'low'],
        [39, 'low'],
        [40, 'medium'],
        [70, 'high'],
        [90, 'critical'],
        [100, 'critical'],
      ],
    ],
    [
      'Sentinel as numbers',
      SENTINEL_SCALE,
      [
        [25, 'informational'],
        [50, 'low'],
        [75, 'medium'],
        [100, 'high'],
      ],
    ],
    [
      'Falcon',
      FALCON_SCALE,
      [
        [10, 'informational'],
        [20, 'low'],
        [40, 'medium'],
        [60, 'high'],
        [80, 'critical'],
      ],
    ],
    [
      'Elastic',
      ELASTIC_SCALE,
      [
        [21, 'low'],
        [22, 'medium'],
        [47, 'medium'],
        [48, 'high'],
        [73, 'high'],
        [74, 'critical'],
      ],
    ],
    [
      'GuardDuty',
      GUARDDUTY_SCALE,
      [
        [1, 'low'],
        [3.9, 'low'],
        [4, 'medium'],
        [7, 'high'],
        [8.9, 'high'],
        [9, 'critical'],
      ],
    ],
    [
      '0-10',
      TEN_SCALE,
      [
        [0, 'low'],
        [3, 'low'],
        [4, 'medium'],
        [7, 'high'],
        [9, 'critical'],
      ],
    ],
    [
      'Wazuh',
      WAZUH_SCALE,
      [
        [2, 'informational'],
        [3, 'low'],
        [6, 'low'],
        [7, 'medium'],
        [11, 'medium'],
        [12, 'high'],
        [14, 'high'],
        [15, 'critical'],
        [16, 'critical'],
      ],
    ],
  ];
  for (const [name, scale, points] of scales) {
    it(`is cut at the documented points of ${name}`, () => {
      for (const [value, severity] of points)
        expect(severityOnScale(value, scale), String(value)).toBe(severity);
      expect(severityOnScale(-1, scale)).toBe('unknown');
      expect(severityOnScale(Number.NaN, scale)).toBe('unknown');
    });
  }
});
