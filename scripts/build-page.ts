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

export interface BuiltPage {
  readonly metafile: Metafile;
  /** ES module that exports `files`: name, hash, type and gzipped bytes (base64) of each. */
  readonly module: Buffer;
}

/**
 * Compiles the page for browsers. Each file comes with a hash of what is in it, so that a browser may keep it for good; the
 * document that names them is made when it is asked for.
 */
export async function buildPage(): Promise<BuiltPage> {
  const result = await bundle({
    absWorkingDir: root,
    entryPoints: { page: 'src/dashboard/main.tsx', style: 'src/dashboard/style.css' },
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
  const icon = { path: ICON, contents: readFileSync(join(root, ICON)) };
  const files = [...result.outputFiles, icon].map(({ path, contents }) => {
    const [name = '', extension = ''] = /[^/\\]+\.(js|css|svg)$/.exec(path) ?? [];
    const hash = createHash('sha256').update(contents).digest('hex').slice(0, 12);
    const gzip = gzipSync(contents, { level: 9 }).toString('base64');
    return { name, hash, type: TYPES[extension], gzip };
  });
  return {
    metafile: {
      ...result.metafile,
      inputs: { ...result.metafile.inputs, [ICON]: { bytes: icon.contents.length, imports: [] } },
    },
    module: Buffer.from(`export const files = ${JSON.stringify(files, null, 1)};\n`),
  };
}
