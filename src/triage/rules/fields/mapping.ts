import type { JsonObject } from '../../../intake/values/json-value.ts';
import type { Observations } from './observations.ts';

/** How one kind of payload becomes Sigma events. */
export interface Mapping {
  /** Stable name, snake_case. */
  readonly name: string;
  /** Vendor and record in words, for the documentation. */
  readonly title: string;
  /** Whether the payload has this shape, in a few look-ups. Several mappings may read one payload. */
  recognise(payload: JsonObject): boolean;
  /** Reads the payload. Verdict and workflow fields are never read. */
  read(payload: JsonObject, into: Observations): void;
}
