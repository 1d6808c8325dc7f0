import { AlertforestError } from '../../errors.ts';
import { sha256InSlices } from '../../reading/sha256-in-slices.ts';
import { createExact } from '../../store/create-exact.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { INTEL_INDEX_BLOB, intelSourcePath } from '../../store/names.ts';
import {
  EMPTY_INDEX,
  type IntelIndex,
  type IntelSource,
  intelIndexSchema,
  MAX_SOURCES,
  SOURCE_NAME,
} from './intel-index.ts';

const MAX_CONFLICTS = 10;

/** The index with the tag a replacement needs; no tag where there is none yet. */
export interface StoredIndex {
  readonly index: IntelIndex;
  readonly etag: string | undefined;
}

/** @throws AlertforestError STORE_UNAVAILABLE; STORE_CORRUPT */
export async function readIndex(store: ModelStore): Promise<StoredIndex> {
  const stored = await store.read(INTEL_INDEX_BLOB);
  return stored === undefined
    ? { index: EMPTY_INDEX, etag: undefined }
    : { index: parseIndex(stored.bytes), etag: stored.etag };
}

/** @throws AlertforestError STORE_CORRUPT */
export function parseIndex(bytes: Uint8Array): IntelIndex {
  try {
    return intelIndexSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw new AlertforestError(
      'STORE_CORRUPT',
      `Expected the sources of indicators in ${INTEL_INDEX_BLOB}.`,
      { cause },
    );
  }
}

/**
 * Stores the indicators of a source and makes them the source's only ones; what it had before is gone as a whole, or
 * untouched where this fails.
 *
 * @throws AlertforestError STORE_UNAVAILABLE; STORE_CONFLICT after ten lost races; REQUEST_INVALID for too many sources
 */
export async function replaceSource(
  store: ModelStore,
  name: string,
  bytes: Uint8Array,
  facts: Omit<IntelSource, 'path' | 'sha256' | 'size_bytes'>,
): Promise<IntelSource> {
  const sha256 = await sha256InSlices(bytes);
  const source: IntelSource = {
    ...facts,
    path: intelSourcePath(checkSourceName(name), sha256.slice(0, 16)),
    sha256,
    size_bytes: bytes.byteLength,
  };
  await createExact(store, source.path, bytes);
  const before = await changeIndex(store, (sources) => {
    if (!Object.hasOwn(sources, name) && Object.keys(sources).length >= MAX_SOURCES)
      throw new AlertforestError('REQUEST_INVALID', `Expected at most ${MAX_SOURCES} sources of indicators.`);
    return { ...sources, [name]: source };
  });
  const old = new Set(
    before.flatMap((sources) => (Object.hasOwn(sources, name) ? [(sources[name] as IntelSource).path] : [])),
  );
  old.delete(source.path);
  for (const path of old) await store.remove(path);
  return source;
}

/**
 * Removes a source with its indicators.
 *
 * @throws AlertforestError NOT_FOUND where there is none of that name
 */
export async function removeSource(store: ModelStore, name: string): Promise<IntelSource> {
  let wasThere = false;
  const found = await changeIndex(store, (sources) => {
    if (!Object.hasOwn(sources, name)) {
      // gone since an earlier try: by this call, whose answer was lost, or by another
      if (wasThere) return sources;
      throw new AlertforestError(
        'NOT_FOUND',
        `There is no source of indicators named ${checkSourceName(name)}.`,
      );
    }
    wasThere = true;
    const { [name]: _removed, ...rest } = sources;
    return rest;
  });
  const old = found.findLast((sources) => Object.hasOwn(sources, name))![name] as IntelSource;
  await store.remove(old.path);
  return old;
}

/**
 * Changes the index under its tag, again from the start when another writer was first, or this one, whose answer was lost.
 *
 * @returns the sources as they were found, at each try
 */
async function changeIndex(
  store: ModelStore,
  change: (sources: IntelIndex['sources']) => IntelIndex['sources'],
): Promise<readonly IntelIndex['sources'][]> {
  const found: IntelIndex['sources'][] = [];
  for (let conflicts = 0; ; conflicts++) {
    const { index, etag } = await readIndex(store);
    found.push(index.sources);
    const changed: IntelIndex = { format: 1, sources: change(index.sources) };
    try {
      await store.replace(INTEL_INDEX_BLOB, Buffer.from(JSON.stringify(changed)), etag);
      return found;
    } catch (error) {
      const isConflict = error instanceof AlertforestError && error.code === 'STORE_CONFLICT';
      if (!isConflict || conflicts >= MAX_CONFLICTS) throw error;
    }
  }
}

/** @throws AlertforestError REQUEST_INVALID */
export function checkSourceName(name: string): string {
  if (SOURCE_NAME.test(name)) return name;
  throw new AlertforestError(
    'REQUEST_INVALID',
    'Expected the name of a source as up to 63 lower case letters, digits, dots, hyphens and underscores.',
    {
      issues: [
        { path: 'source', message: 'Expected lower case letters, digits, dots, hyphens and underscores.' },
      ],
    },
  );
}
