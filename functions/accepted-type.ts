import Negotiator from 'negotiator';

/** The forms a document is given in, that of a caller who does not say first. */
export const DOCUMENT_TYPES = ['application/json', 'text/markdown', 'text/html'] as const;
export type DocumentType = (typeof DOCUMENT_TYPES)[number];

/** The form that an `Accept` header likes best; JSON where it names none that there is. */
export function acceptedType(accept: string | null): DocumentType {
  const wanted = new Negotiator({ headers: accept === null ? {} : { accept } });
  return (wanted.mediaType([...DOCUMENT_TYPES]) as DocumentType | undefined) ?? 'application/json';
}
