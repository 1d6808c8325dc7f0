import type { ModelStore } from './model-store.ts';
import { POLICY_ARCHIVE, policySeq } from './names.ts';

export interface NewestPolicies {
  /** 0 before the first. */
  readonly seq: number;
  /** Blobs of that seq: more than one where two writers took it, of whom one was refused. */
  readonly paths: readonly string[];
}

/** The newest policies that were ever written, in force or not. @throws AlertforestError STORE_UNAVAILABLE */
export async function newestPolicies(models: Pick<ModelStore, 'list'>): Promise<NewestPolicies> {
  let newest: NewestPolicies = { seq: 0, paths: [] };
  for await (const { path } of models.list(POLICY_ARCHIVE)) {
    const seq = policySeq(path);
    if (seq > newest.seq) newest = { seq, paths: [path] };
    else if (seq > 0 && seq === newest.seq) newest = { seq, paths: [...newest.paths, path] };
  }
  return newest;
}

/** Whether anything under `prefix` was archived, so that its document has stood in its place. */
export async function wasArchived(models: Pick<ModelStore, 'list'>, prefix: string): Promise<boolean> {
  for await (const _ of models.list(prefix)) return true;
  return false;
}
