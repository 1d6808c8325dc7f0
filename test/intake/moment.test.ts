import { describe, expect, it } from 'vitest';
import { momentMs, momentOf } from '../../src/intake/values/moment.ts';
import { createRandom } from '../../src/trees/random.ts';

describe('momentOf', () => {
  const cases: readonly [unknown, string | undefined][] = [
    ['2021-04-27T12:19:27.7211305Z', '2021-04-27T12:19:27.721Z'],
    ['2024-01-07T19:54:41.712927+0000', '2024-01-07T19:54:41.712Z'],
    ['2018-03-24T14:35:03.195686-0600', '2018-03-24T20:35:03.195Z'],
    ['2025-02-11T13:37:05.000+05:30', '2025-02-11T08:07:05.000Z'],
    ['2019-01-11 06:33:55', '2019-01-11T06:33:55.000Z'],
    ['2023-03-22 07:27:56.188461+00:00', '2023-03-22T07:27:56.188Z'],
    ['2023-10-26T5:32:08.107Z', '2023-10-26T05:32:08.107Z'],
    ['2024-05-30 08:55:35 (UTC)', '2024-05-30T08:55:35.000Z'],
    ['2024-07-18 15:08:50 UTC+0000', '2024-07-18T15:08:50.000Z'],
    ['2024-07-18', '2024-07-18T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.000Z'],
    ['01/18/2022-12:17:27.242838', '2022-01-18T12:17:27.242Z'],
    ['3/24/2022 2:42:35 PM', '2022-03-24T14:42:35.000Z'],
    ['12/24/2022 12:00:00 AM', '2022-12-24T00:00:00.000Z'],
    ['20240603T100000Z', '2024-06-03T10:00:00.000Z'],
    ['20240603100000', '2024-06-03T10:00:00.000Z'],
    ['Mon Aug  1 06:40:30 2022', '2022-08-01T06:40:30.000Z'],
    ['Mar 01 2021 20:48:21', '2021-03-01T20:48:21.000Z'],
    ['Tue, 03 Jun 2024 10:00:00 GMT', '2024-06-03T10:00:00.000Z'],
    ['/Date(1718032871000)/', '2024-06-10T15:21:11.000Z'],
    [1718032871, '2024-06-10T15:21:11.000Z'],
    [1718032871000, '2024-06-10T15:21:11.000Z'],
    [1718032871000000, '2024-06-10T15:21:11.000Z'],
    [1718032871000000000, '2024-06-10T15:21:11.000Z'],
    [133355377959700000, '2023-08-03T12:03:15.970Z'],
    ['1717493410', '2024-06-04T09:30:10.000Z'],
    ['1596545116.5', '2020-08-04T12:45:16.500Z'],
    [['2024-06-03T10:00:00Z'], '2024-06-03T10:00:00.000Z'],
    [0, undefined],
    ['1970-01-01 00:00:00Z', undefined],
    ['2021-06-31T00:00:00Z', undefined],
    ['2021-13-01T00:00:00Z', undefined],
    ['2021-01-01T24:61:00Z', undefined],
    ['None', undefined],
    ['soon', undefined],
    [170619, undefined],
    [null, undefined],
    [Number.NaN, undefined],
    [{}, undefined],
  ];
  for (const [value, expected] of cases) {
    it(`reads ${JSON.stringify(value)} as ${expected}`, () => {
      expect(momentOf(value)).toBe(expected);
    });
  }

  it('reads its own form as the same time with a blank in it, right or wrong', () => {
    const random = createRandom(1);
    const two = (below: number): string => String(random.int(below)).padStart(2, '0');
    let nRead = 0;
    for (let k = 0; k < 2_000; k++) {
      const date = `${1985 + random.int(120)}-${two(14)}-${two(33)}`;
      const time = `${two(26)}:${two(62)}:${two(62)}.${two(100)}0Z`;
      const read = momentOf(`${date}T${time}`);
      expect(read).toBe(momentOf(`${date} ${time}`));
      if (read !== undefined) nRead++;
    }
    expect(nRead).toBeGreaterThan(1_000);
  });

  it('takes no longer for a long text', () => {
    expect(momentMs('9'.repeat(1_000_000))).toBeUndefined();
  });
});
