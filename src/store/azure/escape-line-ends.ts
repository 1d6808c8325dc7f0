import type { TableServiceClientOptions } from '@azure/data-tables';

type Policy = NonNullable<TableServiceClientOptions['additionalPolicies']>[number]['policy'];

const LINE_ENDS = /[\u2028\u2029]/g;

/**
 * JSON that says the same without U+2028 and U+2029: Azurite 3.36 takes them for ends of lines of a transaction and
 * answers 500 for good.
 */
export const withoutLineEnds = (json: string): string =>
  json.replace(LINE_ENDS, (end) => (end === '\u2028' ? '\\u2028' : '\\u2029'));

/** Every text that is sent goes through {@link withoutLineEnds}: names are percent-encoded, so that they stand in JSON alone. */
export const escapeLineEnds: Policy = {
  name: 'escapeLineEnds',
  sendRequest(request, next) {
    if (typeof request.body === 'string') request.body = withoutLineEnds(request.body);
    return next(request);
  },
};
