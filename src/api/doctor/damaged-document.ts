import type { z } from 'zod';
import { AlertforestError, hasCode } from '../../errors.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import type { ModelStore } from '../../store/model-store.ts';
import type { NewestArchived } from '../../store/policy-archive.ts';
import type { Check, Complaint } from './doctor.ts';

/** A document of which each version that was written is kept. */
export interface ArchivedDocument<T extends { readonly seq: number }> {
  readonly models: Pick<ModelStore, 'read'>;
  readonly documents: DocumentStore<T>;
  readonly schema: z.ZodType<T>;
  readonly newest: () => Promise<NewestArchived>;
  /** What a person can do without the doctor. */
  readonly byHand: string;
}

/** Reads a document; where it cannot be read or has gone, says what {@link damagedDocument} says. */
export const documentCheck = <T extends { readonly seq: number }>(
  what: string,
  read: () => Promise<unknown>,
  stored: ArchivedDocument<T>,
): Check => ({
  what,
  look: async () => {
    try {
      await read();
      return undefined;
    } catch (error) {
      if (!hasCode(error, 'STORE_CORRUPT')) throw error;
      return damagedDocument(stored, `${error.code}: ${error.message}`);
    }
  },
});

/**
 * What is wrong with a stored document that cannot be read. The fix puts the newest version that was written in its
 * place; there is none where two were written under the newest seq: one of them was refused, and nobody can tell which.
 *
 * @throws AlertforestError STORE_UNAVAILABLE
 */
export async function damagedDocument<T extends { readonly seq: number }>(
  { models, documents, schema, newest, byHand }: ArchivedDocument<T>,
  says: string,
): Promise<Complaint> {
  const { paths } = await newest();
  const [path] = paths;
  if (path === undefined) return { says: `${says} ${byHand}` };
  if (paths.length > 1)
    return { says: `${says} ${paths.join(' and ')} were written under one number. ${byHand}` };
  return {
    says,
    fix: {
      does: `puts ${path} in its place`,
      run: async () => {
        const blob = await models.read(path);
        if (blob === undefined) throw new AlertforestError('STORE_CORRUPT', `${path} has gone.`);
        const document = parsed(path, schema, blob.bytes);
        await documents.write(document, await documents.tag());
        return `version ${document.seq} is in force`;
      },
    },
  };
}

/** As it was written, with its names in their order: what is put back is the same version, not one more of its number. */
function parsed<T>(path: string, schema: z.ZodType<T>, bytes: Uint8Array): T {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as T;
    schema.parse(value);
    return value;
  } catch (cause) {
    throw new AlertforestError('STORE_CORRUPT', `${path} cannot be read either.`, { cause });
  }
}
