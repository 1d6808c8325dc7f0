import { InvalidArgumentError } from 'commander';

/** Reads an option as an integer from `min` to `max`, both allowed. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^-?\d+$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`Expected an integer from ${min} to ${max}, got ${text}.`);
  };
}

/** Reads an option as a number from `min` to `max`, both allowed. */
export function number(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a number from ${min} to ${max}, got ${text}.`);
  };
}

/** Reads an option as a time. */
export function moment(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError(`Expected an ISO 8601 date or time, got ${text}.`);
  return ms;
}

/** Checks that an option is a time, and leaves it as it was typed for who reads it. */
export function momentText(text: string): string {
  moment(text);
  return text;
}
