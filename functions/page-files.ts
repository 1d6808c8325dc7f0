import { gunzipSync } from 'node:zlib';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';

/** A file of a page, as the build wrote it beside the bundle. */
interface PageFile {
  readonly name: string;
  /** Of its content. */
  readonly hash: string;
  readonly type: string;
  /** Gzipped bytes, base64. */
  readonly gzip: string;
}

/**
 * What a page may do, on every answer: run its own scripts and styles, ask its own origin, and nothing else. Styles
 * that a script sets on single elements are no inline style, so none is allowed.
 */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
};
const FOR_GOOD = 'public, max-age=31536000, immutable';

/** The files of one page. */
export interface PageFiles {
  /** The name of a file with the hash of its content, to be asked for. Throws when the build left it out. */
  named(name: string): Promise<string>;
  answer(request: HttpRequest, name: string): Promise<HttpResponseInit>;
}

/** The files in `<module>.mjs`, loaded when first asked for: a cold start scores alerts, it shows no page. */
export function pageFiles(module: string): PageFiles {
  let loading: Promise<readonly PageFile[]> | undefined;
  const find = async (wanted: string): Promise<PageFile> => {
    const address = new URL(`./${module}.mjs`, import.meta.url).href;
    loading ??= import(address).then(({ files }: { files: readonly PageFile[] }) => files);
    const file = (await loading).find(({ name }) => name === wanted);
    if (file === undefined) throw new Error(`The build left out '${wanted}' of ${module}.mjs.`);
    return file;
  };
  return {
    named: async (name) => `${name}?v=${(await find(name)).hash}`,
    answer: async (request, name) => {
      const { gzip, type } = await find(name);
      const gzipped = Buffer.from(gzip, 'base64');
      const takesGzip = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
      const response = answerOf(takesGzip ? gzipped : gunzipSync(gzipped), type, FOR_GOOD);
      if (!takesGzip) return response;
      return { ...response, headers: { ...response.headers, 'content-encoding': 'gzip' } };
    },
  };
}

/** A page: asked for anew each time, since it names the files of this build. */
export const htmlAnswer = (html: string): HttpResponseInit =>
  answerOf(Buffer.from(html), 'text/html; charset=utf-8', 'no-cache');

function answerOf(body: Uint8Array, type: string, cacheControl: string): HttpResponseInit {
  return {
    status: 200,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': type,
      'cache-control': cacheControl,
      vary: 'accept-encoding',
    },
    body,
  };
}
