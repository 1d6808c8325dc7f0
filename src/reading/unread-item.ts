import type { ErrorCode } from '../errors.ts';

/**
 * Stands in a list for an item that could not be read, so that its neighbours keep their places. Holds nothing that a
 * reader of fields could take for one.
 */
export class UnreadItem {
  readonly #code: ErrorCode;
  readonly #problem: string;

  constructor(code: ErrorCode, problem: string) {
    this.#code = code;
    this.#problem = problem;
  }

  /** ALERT_TOO_LARGE, or REQUEST_INVALID for what is no JSON. */
  get code(): ErrorCode {
    return this.#code;
  }

  /** One sentence. */
  get problem(): string {
    return this.#problem;
  }
}
