import type { Alert } from '../../src/alert/alert.ts';

export interface OwnPayload {
  readonly dialect: string;
  readonly payload: unknown;
  /** Parts of the alert that must come out. */
  readonly alert: Partial<Alert>;
}
