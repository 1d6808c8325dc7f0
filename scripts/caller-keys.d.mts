/** Gives every caller its keys, leaving those alone that are there; returns the latter as `function/caller`. */
export function createCallerKeys(options: {
  readonly group: string;
  readonly appName: string;
  /** Runs the Azure CLI and gives what it printed, or throws. */
  readonly az: (args: string[]) => string;
}): string[];
