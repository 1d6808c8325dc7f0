import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { settingsSchema } from '../../src/config.ts';
import { inputIssues } from '../../src/errors.ts';

const said = (schema: z.ZodType, value: unknown): string[] => {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : inputIssues(parsed.error).map(({ message }) => message);
};

describe('what a schema complains of', () => {
  it.each<[z.ZodType, unknown, string]>([
    [z.coerce.number(), 'many', 'Expected a number.'],
    [z.number().int(), 1.5, 'Expected a whole number.'],
    [z.number().min(1), 0, 'Expected a number of at least 1.'],
    [z.number().gt(3), 3, 'Expected a number of more than 3.'],
    [z.number().max(100), 101, 'Expected a number of at most 100.'],
    [z.string(), undefined, 'Expected a text.'],
    [z.string().min(3), 'x', 'Expected a text of at least 3 characters.'],
    [z.string().max(1), 'xy', 'Expected a text of at most 1 character.'],
    [z.array(z.string()).min(2), ['x'], 'Expected a list of at least 2 elements.'],
    [z.enum(['behind', 'wait', 'off']), 'maybe', 'Expected behind, wait or off.'],
    [z.literal('x'), 'y', 'Expected x.'],
    [z.union([z.string(), z.number()]), true, 'Expected a text or a number.'],
    [z.url(), 'nowhere', 'Expected an address.'],
    [z.iso.datetime(), 'yesterday', 'Expected a moment such as 2026-03-04T02:10:00Z.'],
    [z.boolean(), 1, 'Expected true or false.'],
    [z.string().regex(/^a/, 'Expected an a first.'), 'b', 'Expected an a first.'],
  ])('is one sentence (%#)', (schema, value, sentence) => {
    expect(said(schema, value)).toEqual([sentence]);
  });

  it('is one for every app setting that is wrong', () => {
    for (const [name, schema] of Object.entries(settingsSchema.shape)) {
      const messages = ['\u0000', '', 'not / an option', '-1e9', '1e99'].flatMap((value) =>
        said(schema, value),
      );
      expect({ name, odd: messages.filter((text) => !/^Expected .*\.$/.test(text)) }).toEqual({
        name,
        odd: [],
      });
    }
  });
});
