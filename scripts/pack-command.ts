import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildCli } from './build-cli.ts';

// Makes `alertforest-VERSION.tgz`, the command for a machine without a clone. Usage: npm run pack:cli [-- FOLDER]

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Packs the compiled command alone. What it is made of is in the bundle, so that its package names no dependencies:
 * those of the sources would be installed beside it and never read.
 *
 * @param folder where the file goes
 * @returns its path
 */
export async function packCommand(folder: string): Promise<string> {
  const staged = mkdtempSync(join(tmpdir(), 'alertforest-command-'));
  try {
    const outdir = join(staged, 'dist', 'cli');
    mkdirSync(outdir, { recursive: true });
    await buildCli({ outdir });
    for (const path of ['bin', 'LICENSE', 'README.md'])
      cpSync(join(root, path), join(staged, path), { recursive: true });
    const { name, version, description, license, type, bin, files, engines } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    );
    const manifest = { name, version, description, license, private: true, type, bin, files, engines };
    writeFileSync(join(staged, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    mkdirSync(folder, { recursive: true });
    const printed = execFileSync('npm', ['pack', '--json', '--pack-destination', resolve(folder)], {
      cwd: staged,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    const [{ filename }] = JSON.parse(printed) as [{ filename: string }];
    return join(folder, filename);
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.log(await packCommand(process.argv[2] ?? '.'));
