import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { zipSync } from 'fflate';
import { build } from './build.ts';
import { thirdPartyNotices } from './third-party.ts';

// Builds what is deployed: a folder (for azd) and the same as a zip (for `az functionapp deployment source config-zip`
// and the artefact store). Usage: node scripts/package.ts

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Given by the worker itself at run time. */
const PROVIDED = '@azure/functions-core';
/** One moment for every entry, so that the same sources give the same bytes. Zip knows none before 1980. */
const ENTRY_TIME = new Date(1980, 0, 1);

/**
 * Fills `<outdir>/package` and writes `<outdir>/alertforest-<version>.zip`.
 *
 * @throws Error when the bundle needs a package at run time, or one in it may not be passed on
 */
export async function packageApp({ outdir = join(root, 'dist') }: { readonly outdir?: string } = {}) {
  const { metafile, sizes } = await build({ outdir });
  const needed = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ path, external }) => external && path !== PROVIDED && !isBuiltin(path));
  if (needed.length > 0) {
    throw new Error(`The bundle would need ${[...new Set(needed.map(({ path }) => path))]} on the platform.`);
  }

  const { name, version, description, license, type, main } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const manifest = { name, version, description, license, private: true, type, main };
  const entries: Record<string, Buffer> = {
    'host.json': readFileSync(join(root, 'host.json')),
    'package.json': Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`),
    'dist/LICENSE': readFileSync(join(root, 'LICENSE')),
    'dist/THIRD-PARTY-NOTICES.txt': Buffer.from(thirdPartyNotices(metafile)),
  };
  for (const { path } of sizes.filter((file) => file.path.endsWith('.mjs'))) {
    entries[`dist/${relative(outdir, path)}`] = readFileSync(path);
  }
  if (!(main in entries)) throw new Error(`Expected the bundle to hold ${main}, which package.json names.`);

  const folder = join(outdir, 'package');
  rmSync(folder, { recursive: true, force: true });
  for (const [path, bytes] of Object.entries(entries)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  const zip = zipSync(
    Object.fromEntries(
      Object.entries(entries).map(([path, bytes]) => [path, [bytes, { mtime: ENTRY_TIME, level: 9 }]]),
    ),
  );
  const archive = join(outdir, `${name}-${version}.zip`);
  writeFileSync(archive, zip);
  return {
    folder,
    archive,
    files: Object.entries(entries).map(([path, bytes]) => ({ path, bytes: bytes.length })),
    zipBytes: zip.length,
    sha256: createHash('sha256').update(zip).digest('hex'),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { folder, archive, files, zipBytes, sha256 } = await packageApp();
  for (const { path, bytes } of files)
    console.log(`${`${(bytes / 1024).toFixed(1)} KB`.padStart(12)}  ${path}`);
  console.log(`${relative(root, folder)} is ready for azd.`);
  console.log(`${relative(root, archive)}: ${(zipBytes / 1024).toFixed(1)} KB, sha256 ${sha256}`);
}
