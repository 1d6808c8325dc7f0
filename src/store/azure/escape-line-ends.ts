import type { TableServiceClientOptions } from '@azure/data-tables';

type Policy = NonNullable<TableServiceClientOptions['additionalPolicies']>[number]['policy'];

const LINE_ENDS = /[\u2028\u2029]/g;

/**
 * U+2028 and U+2029 in the JSON of a request, escaped: Azurite 3.36 takes them for ends of lines of a transaction and
 * answers 500 for good. Names are percent-encoded, so that they stand in JSON alone.
 */
export const escapeLineEnds: Policy = {
  name: 'escapeLineEnds',
  sendRequest(request, next) {
    if (typeof request.body === 'string') {
      request.body = request.body.replace(LINE_ENDS, (end) => (end === '\u2028' ? '\\u2028' : '\\u2029'));
    }
    return next(request);
  },
};
