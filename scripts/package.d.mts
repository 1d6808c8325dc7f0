/** Fills `<outdir>/package` and writes `<outdir>/alertforest-<version>.zip`; without options in dist/. */
export function packageApp(options?: { readonly outdir?: string }): Promise<{
  readonly folder: string;
  readonly archive: string;
  readonly files: ReadonlyArray<{ readonly path: string; readonly bytes: number }>;
  readonly zipBytes: number;
  readonly sha256: string;
}>;
