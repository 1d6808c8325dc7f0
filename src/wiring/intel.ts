import { IntelService } from '../api/intel/intel-service.ts';
import { IntelSources } from '../triage/intel/intel-sources.ts';
import type { Base } from './base.ts';

/** Threat intelligence: the sources in force on this instance, and what is asked about them. */
export interface Intel {
  readonly sources: IntelSources;
  readonly service: IntelService;
}

export function createIntel({ stores, now }: Base): Intel {
  const sources = new IntelSources(stores.intel);
  return { sources, service: new IntelService({ store: stores.intel, sources, now }) };
}
