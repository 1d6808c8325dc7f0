import { z } from 'zod';

// Query parameters as routes declare them. Each schema reads the text of one, undefined where it is absent.

/** An integer from `min` to `max`. */
export const integer = (min: number, max: number, description: string, fallback?: number) => {
  const error = `Expected an integer from ${min} to ${max}.`;
  const number = z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
  return (fallback === undefined ? number : number.default(fallback)).meta({ description });
};

/** A number from `min` to `max`, or absent. */
export const number = (min: number, max: number, description: string) => {
  const error = `Expected a number from ${min} to ${max}.`;
  return z.coerce.number({ error }).min(min, { error }).max(max, { error }).optional().meta({ description });
};

/** On where it is present, empty or `true`; off where it is absent or `false`. */
export const flag = (description: string) =>
  z
    .enum(['', 'true', 'false'], { error: 'Expected true or false.' })
    .optional()
    .transform((text) => text !== undefined && text !== 'false')
    .meta({ description });

/** One of a few words, or absent. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(
  words: Words,
  description: string,
) =>
  z
    .enum(words, { error: `Expected ${words.join(' or ')}.` })
    .optional()
    .meta({ description });

/** A moment in ISO 8601 UTC, or absent. */
export const moment = (description: string) =>
  z.iso.datetime({ error: 'Expected a moment like 2026-03-01T09:00:00Z.' }).optional().meta({ description });

/** Text of at most `max` characters, or absent. */
export const text = (max: number, description: string) =>
  z
    .string()
    .max(max, { error: `Expected at most ${max} characters.` })
    .optional()
    .meta({ description });

/** The key of an alert, or absent. */
export const key = (description: string) =>
  z
    .string()
    .regex(/^[0-9a-f]{32}$/, { error: 'Expected 32 hex digits.' })
    .optional()
    .meta({ description });
