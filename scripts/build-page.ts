import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as bundle, type Metafile } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};
const ICON = 'src/dashboard/icon.svg';
const VIEWER = 'node_modules/swagger-ui-dist/swagger-ui-bundle.js';
const VIEWER_STYLE = 'node_modules/swagger-ui-dist/swagger-ui.css';
const REFERENCE_STYLE = 'src/dashboard/reference/reference.css';

export interface BuiltPages {
  /** Of its own name; exports `files`: name, hash, type and gzipped bytes (base64) of each. */
  readonly module: 'page' | 'reference';
  readonly metafile: Metafile;
  readonly contents: Buffer;
}

/** Taken as it is, but for pictures written into a style sheet, which the policy of our pages does not let in. */
interface Taken {
  readonly path: string;
  readonly inputs: readonly string[];
  readonly contents: Buffer;
}

/**
 * Compiles the pages for browsers: the first page with the dashboard, and the API reference in a module of its own,
 * since its viewer is ten times as large. Each file comes with a hash of what is in it, so that a browser may keep it
 * for good; the documents that name them are made when they are asked for.
 */
export function buildPages(): Promise<BuiltPages[]> {
  const read = (path: string): Buffer => readFileSync(join(root, path));
  const asItIs = (path: string, name = path): Taken => ({ path: name, inputs: [path], contents: read(path) });
  return Promise.all([
    modulePages(
      'page',
      {
        page: 'src/dashboard/main.tsx',
        style: 'src/dashboard/style.css',
        'first-page': 'src/dashboard/first-page.css',
      },
      [asItIs(ICON)],
    ),
    modulePages('reference', { reference: 'src/dashboard/reference/main.ts' }, [
      asItIs(VIEWER, 'viewer.js'),
      {
        path: 'reference.css',
        inputs: [VIEWER_STYLE, REFERENCE_STYLE],
        contents: Buffer.from(withoutPictures(read(VIEWER_STYLE).toString()) + read(REFERENCE_STYLE)),
      },
    ]),
  ]);
}

const withoutPictures = (css: string): string =>
  css.replace(/url\((?:"data:(?:[^"\\]|\\.)*"|data:[^)]*)\)/g, 'none');

async function modulePages(
  module: BuiltPages['module'],
  entryPoints: Record<string, string>,
  taken: readonly Taken[],
): Promise<BuiltPages> {
  const result = await bundle({
    absWorkingDir: root,
    entryPoints,
    outdir: join(root, 'dist'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    metafile: true,
    write: false,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const files = [...result.outputFiles, ...taken].map(({ path, contents }) => {
    const [name = '', extension = ''] = /[^/\\]+\.(js|css|svg)$/.exec(path) ?? [];
    const hash = createHash('sha256').update(contents).digest('hex').slice(0, 12);
    const gzip = gzipSync(contents, { level: 9 }).toString('base64');
    return { name, hash, type: TYPES[extension], gzip };
  });
  const contents = Buffer.from(`export const files = ${JSON.stringify(files, null, 1)};\n`);
  const inputs = { ...result.metafile.inputs };
  const made: Record<string, { bytesInOutput: number }> = Object.assign(
    {},
    ...Object.values(result.metafile.outputs).map((output) => output.inputs),
  );
  for (const each of taken) {
    for (const input of each.inputs) {
      inputs[input] = { bytes: each.contents.length, imports: [] };
      made[input] = { bytesInOutput: each.contents.length };
    }
  }
  const output = { bytes: contents.length, inputs: made, imports: [], exports: ['files'] };
  return { module, contents, metafile: { inputs, outputs: { [`${module}.mjs`]: output } } };
}
