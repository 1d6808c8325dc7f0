import type { NormalizedAlert } from './normalize.ts';
import type { Skip } from './skip.ts';

/** A record that must not be scored, where an alert was asked for. */
export class SkippedAlert extends Error {
  readonly skip: Skip;
  readonly normalized: NormalizedAlert;

  constructor(normalized: NormalizedAlert, skip: Skip) {
    super(skip.reason);
    this.name = 'SkippedAlert';
    this.skip = skip;
    this.normalized = normalized;
  }
}
