export type FingerprintKind =
  | 'ja4'
  | 'ja4s'
  | 'ja4h'
  | 'ja4x'
  | 'ja4t'
  | 'ja4ssh'
  | 'jarm'
  | 'tlsh'
  | 'ssdeep';

// In this order: the forms do not overlap, and the first is by far the most frequent.
// @see https://github.com/FoxIO-LLC/ja4 and https://tlsh.org
const FORMS: readonly (readonly [FingerprintKind, RegExp])[] = [
  ['ja4', /^[tqd](?:\d\d|[sd]\d)[di]\d{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/],
  ['ja4s', /^[tqd](?:\d\d|[sd]\d)\d{2}[0-9a-z]{2}_[0-9a-f]{4}_[0-9a-f]{12}$/],
  ['ja4h', /^[a-z]{2}[0-9]{2}[cn][rn]\d{2}[0-9a-z]{4}_[0-9a-f]{12}_[0-9a-f]{12}_[0-9a-f]{12}$/],
  ['ja4x', /^[0-9a-f]{12}_[0-9a-f]{12}_[0-9a-f]{12}$/],
  ['ja4t', /^\d{1,5}_[\d-]{1,40}_\d{1,5}_\d{1,3}(?:_[\d-]{1,60}(?:-R\d)?)?$/i],
  ['ja4ssh', /^c\d{1,4}s\d{1,4}_c\d{1,4}s\d{1,4}_c\d{1,4}s\d{1,4}$/],
  ['jarm', /^[0-9a-f]{62}$/],
  ['tlsh', /^(?:t1)?[0-9a-f]{70}$/],
  ['ssdeep', /^\d{1,9}:[a-z0-9+/]{3,70}:[a-z0-9+/]{3,70}$/],
];

/**
 * The kind of a fingerprint that its form alone tells; undefined for others. None of them is a file hash. JA3, JA3S,
 * HASSH and imphash have the form of an MD5: only the field's name tells them, see `isFileHashField`.
 */
export function fingerprintKind(text: string): FingerprintKind | undefined {
  const value = text.trim();
  if (value.length > 160) return undefined;
  const lower = value.toLowerCase();
  return FORMS.find(([, form]) => form.test(lower))?.[0];
}
