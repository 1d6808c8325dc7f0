import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build as bundle, type Metafile } from 'esbuild';
import { type BuiltPages, buildPages } from './build-page.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What is compiled: one file in dist/ for each of them. */
const ENTRIES = {
  index: 'functions/index.ts',
  'training-thread': 'src/training/runs/training-thread.ts',
  'rules-thread': 'src/triage/rules/rules-thread.ts',
};

// Dependencies written as CommonJS call require(), which an ES module does not have.
const REQUIRE_BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/**
 * Compiles the function app into `dist/`: `<entry>.mjs` with `<entry>.mjs.map` beside it, `page.mjs` and `reference.mjs` with
 * the files of the pages, and `meta.json`, esbuild's account of what went in. Files are put in place by renaming, so that two builds
 * at once do no harm.
 */
export async function build({
  entries = ENTRIES,
  outdir = join(root, 'dist'),
  target = 'node22',
}: {
  readonly entries?: Readonly<Record<string, string>>;
  readonly outdir?: string;
  /** The oldest Node that has to read it. */
  readonly target?: string;
} = {}) {
  const startedS = Date.now() / 1000;
  // the functions alone serve them
  const pages = Object.values(entries).includes(ENTRIES.index) ? await buildPages() : [];
  const result = await bundle({
    absWorkingDir: root,
    entryPoints: { ...entries },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: false,
    treeShaking: true,
    minifyIdentifiers: false,
    platform: 'node',
    format: 'esm',
    target,
    external: ['@azure/functions-core'],
    // its main file is UMD: it asks for its parts by a require() that no bundler sees
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    banner: { js: REQUIRE_BANNER },
    sourcemap: 'external',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  mkdirSync(outdir, { recursive: true });
  const put = (path: string, contents: Uint8Array | string): void => {
    const aside = `${path}.${process.pid}.new`;
    writeFileSync(aside, contents);
    renameSync(aside, path);
  };
  const meta = join(outdir, 'meta.json');
  // Without its account dist/ counts as not built: a build that is cut off is made again.
  rmSync(meta, { force: true });
  const pathOf = ({ module }: BuiltPages): string => join(outdir, `${module}.mjs`);
  const files = [
    ...result.outputFiles,
    ...pages.map((page) => ({ path: pathOf(page), contents: page.contents })),
  ];
  for (const file of files) put(file.path, file.contents);
  const { metafile } = result;
  for (const page of pages) {
    Object.assign(metafile.inputs, page.metafile.inputs);
    const [output] = Object.values(page.metafile.outputs);
    if (output !== undefined) metafile.outputs[relative(root, pathOf(page))] = output;
  }
  put(meta, JSON.stringify(metafile));
  // Sources changed while this ran are newer than it says.
  utimesSync(meta, startedS, startedS);
  return {
    metafile,
    sizes: files.map(({ path, contents }) => ({ path, bytes: contents.length })),
  };
}

/** Why dist/ has to be built; undefined when it is newer than everything that went into it. */
export function buildReason(): string | undefined {
  const meta = join(root, 'dist', 'meta.json');
  if (!existsSync(meta)) return 'dist/ is not built';
  const builtMs = statSync(meta).mtimeMs;
  const { inputs, outputs }: Metafile = JSON.parse(readFileSync(meta, 'utf8'));
  for (const output of Object.keys(outputs)) {
    if (!existsSync(join(root, output))) return `${output} is missing`;
  }
  const sources = Object.keys(inputs).filter((input) => !input.startsWith('node_modules/'));
  for (const source of [...sources, 'package-lock.json', 'scripts/build.ts', 'scripts/build-page.ts']) {
    const path = join(root, source);
    if (!existsSync(path) || statSync(path).mtimeMs > builtMs) return `${source} has changed`;
  }
  return undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const startedMs = Date.now();
  // esbuild has printed what is wrong and where.
  const { sizes } = await build().catch(() => process.exit(1));
  for (const { path, bytes } of sizes.filter((file) => file.path.endsWith('.mjs'))) {
    console.log(`${relative(root, path)}  ${(bytes / 1024).toFixed(0)} KB`);
  }
  console.log(`Built in ${Date.now() - startedMs} ms.`);
}
