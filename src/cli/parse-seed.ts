import { InvalidArgumentError } from 'commander';

/** A seed as written on the command line. @throws InvalidArgumentError, which commander shows with the usage */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (text.trim() === '' || !Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new InvalidArgumentError(`Expected a whole number from 0 to ${0xffffffff}, got ${text}.`);
  }
  return seed;
}
