import type { EntityKind } from '../alert/alert.ts';
import type { WireIntelLookup } from '../api/intel/intel.ts';
import { IntelService } from '../api/intel/intel-service.ts';
import { MemoryModelStore } from '../store/memory/memory-model-store.ts';
import { IntelSources } from '../triage/intel/intel-sources.ts';
import type { SourceBytes } from '../triage/intel/read-indicators.ts';

/** Looks a value up in one file of indicators, through its own import that nothing keeps. */
export async function lookUpInFile(
  value: string,
  kind: EntityKind | undefined,
  atMs: number,
  bytes: SourceBytes,
  format: string | undefined,
): Promise<WireIntelLookup> {
  const store = new MemoryModelStore();
  const service = new IntelService({ store, sources: new IntelSources(store), now: () => atMs });
  await service.put('file', bytes, format === undefined ? {} : { format });
  return service.lookUp(value, kind, atMs);
}
