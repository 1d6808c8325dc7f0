import { describe, expect, it } from 'vitest';
import { SenderCounts, senderName } from '../../src/api/predict/sender-counts.ts';

describe('counts by sender', () => {
  it.each([
    ['Alertmanager/0.35.0', 'Alertmanager'],
    ['python-requests/2.32.3', 'python-requests'],
    ['Mozilla/5.0 (X11; Linux)', 'Mozilla'],
    ['syslog-ng 3.38.1/libcurl 7.88.1', 'syslog-ng'],
    ['', 'unknown'],
    [undefined, 'unknown'],
    ['"><script>', 'unknown'],
  ])('names the program of %s', (userAgent, name) => {
    expect(senderName(userAgent)).toBe(name);
  });

  it('adds up, and counts the senders beyond the fiftieth together', () => {
    const counts = new SenderCounts();
    counts.add('a', { scored: 2, skipped: 1, refused: 0 });
    counts.add('a', { scored: 0, skipped: 0, refused: 3 });
    for (let n = 0; n < 60; n++) counts.add(`made up ${n}`, { scored: 1, skipped: 0, refused: 0 });
    const summary = counts.summary();
    expect(summary['a']).toEqual({ scored: 2, skipped: 1, refused: 3 });
    expect(summary['others']).toEqual({ scored: 11, skipped: 0, refused: 0 });
    expect(Object.keys(summary)).toHaveLength(51);
  });
});
