// The documents as they were generated (a test holds them against the routes): making one anew takes longer than a
// request may hold up the others, so a request only puts its address into bytes that are there. Loaded when first asked
// for: together they cost a cold start some 13 ms.

/** What stands where the address goes. Quotes, so that it can be in no text of the document. */
const MARK = '"\u0000address"';

interface Parts {
  readonly before: string;
  readonly after: string;
}

/** Makes `document` once, at the first request, with `place` where the address goes. */
function documentOf(
  document: () => Promise<unknown>,
  place: (address: URL) => string,
): (address: string) => Promise<string> {
  let parts: Parts | undefined;
  return async (address) => {
    if (parts === undefined) {
      const text = JSON.stringify(await document());
      const at = text.indexOf(JSON.stringify(MARK));
      parts = { before: text.slice(0, at), after: text.slice(at + JSON.stringify(MARK).length) };
    }
    return parts.before + place(new URL(address)) + parts.after;
  };
}

/** OpenAPI 3.0.3 as JSON, for the service at `address`. */
export const openApiText = documentOf(
  async () => ({
    ...(await import('../docs/openapi.json', { with: { type: 'json' } })).default,
    servers: MARK,
  }),
  ({ href }) => JSON.stringify([{ url: href }]),
);

/** Swagger 2.0 as JSON: host, base path and scheme are three members there, which follow each other. */
export const swagger2Text = documentOf(
  async () => {
    const { default: swagger2 } = await import('../docs/openapi-2.0.json', { with: { type: 'json' } });
    const { swagger, info, host: _, basePath: __, schemes: ___, ...rest } = swagger2;
    return { swagger, info, host: MARK, ...rest };
  },
  ({ host, pathname, protocol }) =>
    `${JSON.stringify(host)},"basePath":${JSON.stringify(pathname)},"schemes":${JSON.stringify([protocol.replace(':', '')])}`,
);
