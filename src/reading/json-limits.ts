import { AlertforestError } from '../errors.ts';

/** What a JSON text may hold. Each is counted on the raw bytes, before the value it belongs to is built. */
export interface JsonLimits {
  /** Objects and lists within each other. */
  readonly maxDepth: number;
  /** Values of any kind, in all documents together: members of objects and elements of lists. */
  readonly maxValues: number;
  /** Members of one object. An object of very many is slow to build, and no alert. */
  readonly maxMembers: number;
  /** Elements of any one list. @default no limit of its own */
  readonly maxElements?: number;
  /** Elements of a list that is the document, and documents beside each other. */
  readonly maxItems: number;
  /** Bytes of one item or one text. */
  readonly maxItemBytes: number;
}

/** Nesting that real payloads stay far below; what walks a value by recursion can rely on it. */
export const MAX_JSON_DEPTH = 100;

/** Values of a body of 16 MiB at 16 bytes each; real alerts have 25 to 30. */
export const MAX_JSON_VALUES = 1_000_000;

/** Members of one object; the widest rows of exports have some hundreds. */
export const MAX_JSON_MEMBERS = 10_000;

export const DEFAULT_JSON_LIMITS: JsonLimits = {
  maxDepth: MAX_JSON_DEPTH,
  maxValues: MAX_JSON_VALUES,
  maxMembers: MAX_JSON_MEMBERS,
  maxItems: MAX_JSON_VALUES,
  maxItemBytes: 1_048_576,
};

/** Limits of a body of so many alerts. */
export function payloadLimits(maxItems: number, maxItemBytes: number): JsonLimits {
  return { ...DEFAULT_JSON_LIMITS, maxItems, maxItemBytes };
}

/** 413 with the name of what there is too much of. */
export function tooMuch(
  what: string,
  limit: number,
  code: 'REQUEST_TOO_LARGE' | 'BATCH_TOO_LARGE',
): AlertforestError {
  const message = `Expected at most ${limit} ${what}, got more.`;
  return new AlertforestError(code, message, { issues: [{ path: '', message }] });
}

/** Thrown where bytes are no JSON. */
export class JsonSyntaxError extends SyntaxError {
  override readonly name = 'JsonSyntaxError';
  /** Offset in the input of the value that does not parse. */
  readonly offset: number;
  /** Its line, from 1; undefined where lines were not counted. */
  readonly line: number | undefined;

  constructor(message: string, offset: number, line?: number, options?: ErrorOptions) {
    super(message, options);
    this.offset = offset;
    this.line = line;
  }
}
