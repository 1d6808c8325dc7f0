import type { InputIssue } from '../../errors.ts';

/** What a service answered, or why there was no answer. Said to a person as it stands. */
export class CallError extends Error {
  readonly code: string;
  readonly issues: readonly InputIssue[];
  /** Of the answer; 0 where there was none. */
  readonly status: number;

  constructor(code: string, message: string, { issues = [], status = 0, ...options }: CallErrorOptions = {}) {
    super(message, options);
    this.name = 'CallError';
    this.code = code;
    this.issues = issues;
    this.status = status;
  }
}

interface CallErrorOptions extends ErrorOptions {
  readonly issues?: readonly InputIssue[];
  readonly status?: number;
}
