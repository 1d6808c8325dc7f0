import type { Metafile } from 'esbuild';

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly isDev: boolean;
}

export const ALLOWED_LICENSES: readonly string[];
export const LICENSE_EXCEPTIONS: Readonly<Record<string, readonly [license: string, reason: string]>>;

/** Every installed package with its licence, from the lockfile. */
export function lockedPackages(): LockedPackage[];

/** What is wrong with the licences of `packages`, in sentences; exceptions that nothing needs count as wrong too. */
export function licenseProblems(packages: readonly LockedPackage[]): string[];

/** Folders of the packages whose code is in the bundle, from esbuild's account of it. */
export function bundledPackages(metafile: Metafile): string[];

/** The notices that have to travel with the bundle. */
export function thirdPartyNotices(metafile: Metafile): string;
