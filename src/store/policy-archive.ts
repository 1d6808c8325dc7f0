import type { ModelStore } from './model-store.ts';
import { POLICY_ARCHIVE } from './names.ts';

export interface NewestArchived {
  /** 0 before the first. */
  readonly seq: number;
  /** Blobs of that seq: more than one where two writers took it, of whom one was refused. */
  readonly paths: readonly string[];
}

/** What an archived version is called behind its prefix: its seq and 8 hex digits over its content. */
const VERSION = /^(\d{8,})-[0-9a-f]{8}\.json$/;

/** The newest versions that were ever written under `prefix`, in force or not. @throws AlertforestError STORE_UNAVAILABLE */
export async function newestArchived(
  models: Pick<ModelStore, 'list'>,
  prefix: string,
): Promise<NewestArchived> {
  let newest: NewestArchived = { seq: 0, paths: [] };
  for await (const { path } of models.list(prefix)) {
    const seq = Number(VERSION.exec(path.slice(prefix.length))?.[1] ?? 0);
    if (seq > newest.seq) newest = { seq, paths: [path] };
    else if (seq > 0 && seq === newest.seq) newest = { seq, paths: [...newest.paths, path] };
  }
  return newest;
}

/** The newest policies that were ever written, in force or not. @throws AlertforestError STORE_UNAVAILABLE */
export const newestPolicies = (models: Pick<ModelStore, 'list'>): Promise<NewestArchived> =>
  newestArchived(models, POLICY_ARCHIVE);

/** Whether anything under `prefix` was archived, so that its document has stood in its place. */
export async function wasArchived(models: Pick<ModelStore, 'list'>, prefix: string): Promise<boolean> {
  for await (const _ of models.list(prefix)) return true;
  return false;
}
