import { createHash } from 'node:crypto';

/** What stands in the place of a forgotten name, and tells it from others without holding it. */
export const pseudonymOf = (analyst: string): string =>
  `forgotten-${createHash('sha256').update(analyst).digest('hex').slice(0, 16)}`;
