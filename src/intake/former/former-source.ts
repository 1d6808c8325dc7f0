import { knownSource } from '../values/product-name.ts';

/** A product's name as a source in the build before, which kept an enum's words together: microsoftsecurityforai. */
export function formerSource(name: string): string {
  const known = knownSource(name);
  if (known !== undefined) return known;
  const words = name
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');
  return words.slice(0, 64) || 'unknown';
}
