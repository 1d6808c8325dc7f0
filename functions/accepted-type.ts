import Negotiator from 'negotiator';

/** The form of an answer that an `Accept` header likes best; JSON where it names none that there is, or none at all. */
export function acceptedType<Form extends string>(
  accept: string | null,
  forms: readonly Form[],
): Form | 'application/json' {
  const wanted = new Negotiator({ headers: accept === null ? {} : { accept } });
  return (wanted.mediaType(['application/json', ...forms]) as Form | undefined) ?? 'application/json';
}
