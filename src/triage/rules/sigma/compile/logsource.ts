import type { Logsource } from '../read/document.ts';

/** Whether both say something about a part of the log source, and not the same. */
export function isConflict(a: Logsource, b: Logsource): boolean {
  return differs(a.category, b.category) || differs(a.product, b.product) || differs(a.service, b.service);
}

const differs = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b;
