import { type BicepFile, Expression, type Resource, type Value } from './bicep-file.ts';

/** Notes `sentence` where `holds` is false. */
export type Expect = (holds: boolean, sentence: string) => void;

export const same = (value: Value | undefined, expected: unknown): boolean =>
  JSON.stringify(value) === JSON.stringify(expected);
export const sorted = (value: Value | undefined): unknown[] =>
  Array.isArray(value) ? [...value].sort() : [];
export const textOf = (value: Value | undefined): string =>
  value instanceof Expression ? value.text : String(value);

export function ofType(file: BicepFile, type: string, symbol?: string): Resource | undefined {
  return file.resources.find(
    (each) => each.type === type && (symbol === undefined || each.symbol === symbol),
  );
}
