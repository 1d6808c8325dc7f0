import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
// @ts-expect-error it ships no types
import satisfies from 'spdx-satisfies';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Licences that ask for no more than their notice. Anything else needs an entry in EXCEPTIONS. */
export const ALLOWED_LICENSES: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PSF-2.0',
  'Zlib',
];

/** Packages outside the list, each with the licence it may have and the reason. None of them is in the bundle. */
export const LICENSE_EXCEPTIONS: Readonly<Record<string, readonly [license: string, reason: string]>> = {
  argparse: ['Python-2.0', 'asks for no more than its notice; used to generate the types of the client'],
  'axe-core': ['MPL-2.0', 'used unchanged by the tests of the page'],
  lightningcss: ['MPL-2.0', 'used unchanged by the test runner'],
  'spdx-exceptions': ['CC-BY-3.0', 'a list of names, used by the licence check itself'],
  'spdx-ranges': ['(MIT AND CC-BY-3.0)', 'a list of names, used by the licence check itself'],
  'uri-templates': [
    'http://geraintluff.github.io/tv4/LICENSE.txt',
    'public domain or MIT, used by the storage emulator',
  ],
};

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly isDev: boolean;
}

/** An entry of package-lock.json. */
interface LockEntry {
  readonly link?: boolean;
  readonly name?: string;
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

/** What of a package.json is read here. */
interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author?: string | { readonly name: string };
}

/** Every installed package with its licence, from the lockfile. */
export function lockedPackages(): LockedPackage[] {
  const { packages }: { packages: Readonly<Record<string, LockEntry>> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  );
  return Object.entries(packages)
    .filter(([path, { link }]) => path !== '' && !link)
    .map(([path, { name, version, license, dev, devOptional }]) => ({
      name: name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      license: license ?? 'none stated',
      isDev: Boolean(dev ?? devOptional),
    }));
}

/** What is wrong with the licences of `packages`, in sentences; exceptions that nothing needs count as wrong too. */
export function licenseProblems(packages: readonly LockedPackage[]): string[] {
  const needed = new Set<string>();
  const problems: string[] = [];
  for (const { name, version, license, isDev } of packages) {
    if (isAllowed(license)) continue;
    // Platform builds are published beside their package: lightningcss-linux-x64-gnu.
    const key = Object.keys(LICENSE_EXCEPTIONS).find((each) => name === each || name.startsWith(`${each}-`));
    const [excepted] = LICENSE_EXCEPTIONS[key ?? ''] ?? [];
    if (key !== undefined && excepted === license && isDev) needed.add(key);
    else problems.push(`${name} ${version} has the licence ${license}${isDev ? '' : ' and is deployed'}`);
  }
  for (const name of Object.keys(LICENSE_EXCEPTIONS)) {
    if (!needed.has(name)) problems.push(`the exception for ${name} is not needed`);
  }
  return problems;
}

function isAllowed(license: string): boolean {
  try {
    return satisfies(license, ALLOWED_LICENSES);
  } catch {
    return false;
  }
}

/** Folders of the packages whose code is in the bundle, from esbuild's account of it. */
export function bundledPackages(metafile: Metafile): string[] {
  const folders = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([input, { bytesInOutput }]) => {
      const [folder] = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? [];
      return folder === undefined || bytesInOutput === 0 ? [] : [folder];
    }),
  );
  return [...new Set(folders)].sort();
}

/**
 * The notices that have to travel with the bundle: name, version, licence and licence text of every package in it.
 *
 * @param alsoCopied names of packages that lie beside the bundle as files
 * @throws Error naming each package whose licence text is missing or whose licence is not allowed
 */
export function thirdPartyNotices(metafile: Metafile, alsoCopied: readonly string[] = []): string {
  const problems: string[] = [];
  const folders = new Set([
    ...bundledPackages(metafile),
    ...alsoCopied.map((name) => `node_modules/${name}`),
  ]);
  const notices = [...folders].sort().map((folder) => {
    const path = join(root, folder);
    const { name, version, license, author }: PackageFile = JSON.parse(
      readFileSync(join(path, 'package.json'), 'utf8'),
    );
    const file = readdirSync(path).find((each) => /^(licen[cs]e|copying)/i.test(each));
    if (!isAllowed(license)) problems.push(`${name} ${version} has the licence ${license}`);
    const text =
      file === undefined ? fallbackText(path, license, author) : readFileSync(join(path, file), 'utf8');
    if (text === undefined) problems.push(`${name} ${version} has no licence text`);
    const inside = [text ?? '', ...noticesWithin(path, folder, metafile)].map((each) => each.trim());
    return `${'='.repeat(80)}\n${name} ${version} (${license})\n${'='.repeat(80)}\n\n${inside.join('\n\n')}\n`;
  });
  if (problems.length > 0) throw new Error(`The bundle cannot be passed on: ${problems.join('; ')}.`);
  return `Alertforest contains the following packages.\n\n${notices.join('\n')}`;
}

/** What a package asks to be passed on besides its licence, and the licences of what it has bundled itself. */
function noticesWithin(path: string, folder: string, metafile: Metafile): string[] {
  const own = readdirSync(path).filter((each) => /^notice/i.test(each));
  const bundled = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.keys(inputs))
    .filter((input) => input.startsWith(`${folder}/`))
    .map((input) => `${input.slice(folder.length + 1)}.LICENSE.txt`)
    .filter((each) => existsSync(join(path, each)));
  return [...own, ...bundled].map((each) => readFileSync(join(path, each), 'utf8'));
}

/** Some packages state their licence in the readme alone, or only name it: then its standard text is given. */
function fallbackText(path: string, license: string, author: PackageFile['author']): string | undefined {
  const readme = join(path, 'README.md');
  if (existsSync(readme)) {
    const [section] = /^#+\s*licen[cs]e\b[\s\S]*/im.exec(readFileSync(readme, 'utf8')) ?? [];
    if (section !== undefined && section.length > 500) return section;
  }
  const holder = typeof author === 'string' ? author : author?.name;
  // The text of the licence is the same wherever it stands.
  if (license === 'Apache-2.0')
    return readFileSync(join(root, 'node_modules/typescript/LICENSE.txt'), 'utf8');
  const standard = STANDARD_TEXTS[license];
  return standard === undefined || !holder ? undefined : `Copyright (c) ${holder}\n\n${standard}`;
}

const STANDARD_TEXTS: Readonly<Record<string, string>> = {
  ISC: `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is
hereby granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN
AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR
PERFORMANCE OF THIS SOFTWARE.`,
  MIT: `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`,
};
