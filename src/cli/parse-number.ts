import { InvalidArgumentError } from 'commander';

/** Reads an option as an integer from `min` to `max`, both allowed. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^-?\d+$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`Expected an integer from ${min} to ${max}, got ${text}.`);
  };
}

/** Reads an option as a time. */
export function moment(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('Expected a time, ISO 8601.');
  return ms;
}
