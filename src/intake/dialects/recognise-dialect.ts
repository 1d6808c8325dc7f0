import type { JsonObject } from '../values/json-value.ts';
import type { Dialect } from './dialect.ts';
import { DIALECTS } from './dialect-list.ts';
import { genericAlert } from './generic/generic-alert.ts';

/** The vendor's dialect a payload is written in, or undefined. */
export function vendorDialectOf(payload: JsonObject): Dialect | undefined {
  for (const dialect of DIALECTS) if (dialect.recognise(payload)) return dialect;
  return undefined;
}

/** The dialect that reads a payload: a vendor's, else the generic reader. */
export function recogniseDialect(payload: JsonObject): Dialect {
  return vendorDialectOf(payload) ?? genericAlert;
}
