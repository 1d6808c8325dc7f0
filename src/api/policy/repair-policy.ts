import { AlertforestError } from '../../errors.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import type { ModelStore } from '../../store/model-store.ts';
import type { NewestPolicies } from '../../store/policy-archive.ts';
import type { Complaint } from '../doctor/doctor.ts';
import { type PolicyDocument, policyDocumentSchema } from './policy.ts';

export interface StoredPolicy {
  readonly models: Pick<ModelStore, 'read'>;
  readonly newest: () => Promise<NewestPolicies>;
  readonly documents: DocumentStore<PolicyDocument>;
}

/**
 * What is wrong with a stored policy that cannot be read. The fix puts the newest one that was written in its place;
 * there is none where two were written under the newest seq: one of them was refused, and nobody can tell which.
 *
 * @throws AlertforestError STORE_UNAVAILABLE
 */
export async function damagedPolicy(stored: StoredPolicy, says: string): Promise<Complaint> {
  const { paths } = await stored.newest();
  const [path] = paths;
  if (path === undefined) return { says: `${says} Send a whole one with PUT /policy.` };
  if (paths.length > 1) {
    return {
      says: `${says} ${paths.join(' and ')} were written under one number: send the right one with PUT /policy.`,
    };
  }
  return {
    says,
    fix: {
      does: `puts ${path} in its place`,
      run: async () => {
        const blob = await stored.models.read(path);
        if (blob === undefined) throw new AlertforestError('STORE_CORRUPT', `${path} has gone.`);
        const document = policyDocumentSchema.parse(JSON.parse(Buffer.from(blob.bytes).toString('utf8')));
        await stored.documents.write(document, await stored.documents.tag());
        return `policy ${document.seq} of ${document.updated_at} is in force`;
      },
    },
  };
}
