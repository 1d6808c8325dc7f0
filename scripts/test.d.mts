/** Counts vitest's JSON report: a file that could not be loaded and a test that was skipped count as failures. */
export function countTests(
  report: {
    readonly testResults: ReadonlyArray<{
      readonly status: string;
      readonly assertionResults: ReadonlyArray<{ readonly status: string }>;
    }>;
  },
  isFiltered?: boolean,
): { readonly nPassed: number; readonly nFailed: number };
