import { INTEL_ROUTES } from '../src/api/intel/intel-routes.ts';
import { AlertforestError } from '../src/errors.ts';
import { decompressed } from '../src/reading/decompress.ts';
import { json, registerRoutes } from './http.ts';
import { services } from './services.ts';

const optionalNumber = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

registerRoutes(INTEL_ROUTES, {
  intelPut: async ({ request, incoming, params, query, caller, log }) => {
    const { intel, settings } = services();
    const maxBytes = settings.MAX_INTEL_BYTES;
    const declared = Number(request.headers.get('content-length'));
    if (Number.isFinite(declared) && declared > maxBytes)
      throw new AlertforestError('REQUEST_TOO_LARGE', `Expected a source of at most ${maxBytes} bytes.`);
    const sent = incoming.stream();
    if (sent === undefined)
      throw new AlertforestError(
        'REQUEST_INVALID',
        'Expected the indicators of the source as the body, got none.',
      );
    const bytes = decompressed(sent, {
      label: request.headers.get('content-encoding') ?? undefined,
      maxBytes,
      name: 'the source',
    });
    const confidence = optionalNumber(query.confidence);
    const validDays = optionalNumber(query.valid_days);
    const source = await intel.put(params.source, bytes, {
      ...(query.format === undefined ? {} : { format: query.format }),
      ...(confidence === undefined ? {} : { confidence }),
      ...(validDays === undefined ? {} : { validDays }),
      ...(caller.name === undefined ? {} : { by: caller.name }),
    });
    log('intel_replaced', { source: source.source, indicators: source.indicators, by: caller.name });
    return json(source);
  },
  intel: async () => json(await services().intel.list()),
  intelLookup: async ({ query }) => {
    const { value, kind, at } = query;
    if (value === undefined || value.trim() === '')
      throw new AlertforestError('REQUEST_INVALID', 'Expected `value` to look up, got none.', {
        issues: [{ path: 'value', message: 'Expected a value to look up.' }],
      });
    return json(await services().intel.lookUp(value, kind, at === undefined ? undefined : Date.parse(at)));
  },
  intelRemove: async ({ params, caller, log }) => {
    const source = await services().intel.remove(params.source);
    log('intel_removed', { source: source.source, by: caller.name });
    return json(source);
  },
});
