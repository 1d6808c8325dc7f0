import type { Metafile } from 'esbuild';

/** Compiles entries (name -> source path) into `outdir`; without options the function app into dist/. */
export function build(options?: {
  readonly entries?: Readonly<Record<string, string>>;
  readonly outdir?: string;
}): Promise<{
  readonly metafile: Metafile;
  readonly sizes: ReadonlyArray<{ readonly path: string; readonly bytes: number }>;
}>;

/** Why dist/ has to be built; undefined when it is newer than everything that went into it. */
export function buildReason(): string | undefined;
