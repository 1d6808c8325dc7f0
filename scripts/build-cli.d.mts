import type { Metafile } from 'esbuild';

/** Compiles the `alertforest` command with its training thread; without options into dist/cli. */
export function buildCli(options?: { readonly outdir?: string }): Promise<{
  readonly metafile: Metafile;
  readonly sizes: ReadonlyArray<{ readonly path: string; readonly bytes: number }>;
}>;
