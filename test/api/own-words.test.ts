import { describe, expect, it } from 'vitest';
import { MAX_ISSUES } from '../../src/api/known-names.ts';
import { readOwnWords } from '../../src/api/own-words.ts';
import { policyRequestSchema } from '../../src/api/policy/policy.ts';

const read = (text: string) =>
  readOwnWords({ bytes: Buffer.from(text), contentType: undefined }, policyRequestSchema);
const list = (item: string, n: number): string => `[${`${item},`.repeat(n - 1)}${item}]`;

describe('a body in our own words', () => {
  it.each([
    ['ids to retire', `{"critical_cases":{"retire":${list('{"x":1}', 90_000)}}}`],
    ['cases to add', `{"critical_cases":{"add":${list('{"id":"a","alert":{}}', 40_000)}}}`],
    ['values of an alert', `{"critical_cases":{"add":[{"id":"a","alert":{"x":${list('1', 190_000)}}}]}}`],
  ])('is refused by name for a list of very many %s', async (_what, text) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'REQUEST_TOO_LARGE',
      message: 'Expected at most 5000 elements in one list, got more.',
    });
  });

  it.each([
    ['that do not fit', `{"critical_cases":{"retire":${list('{"id":1,"why":2}', 4_000)}}}`],
    [
      'that are not known',
      `{"critical_cases":{"retire":${list('{"id":"a","why":"b","x":1,"y":2}', 4_000)}}}`,
    ],
  ])('tells the first %s and no more', async (_what, text) => {
    const error = await read(text).then(
      () => undefined,
      (reason: unknown) => reason as { code: string; issues: { path: string }[] },
    );
    expect(error?.code).toBe('REQUEST_INVALID');
    expect(error?.issues).toHaveLength(MAX_ISSUES);
    expect(error?.issues[0]?.path).toMatch(/^critical_cases\.retire\.0\./);
  });
});
