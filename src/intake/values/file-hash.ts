import { MAX_VALUE_LENGTH } from './defang.ts';

const DIGEST = /^[0-9a-f]+$/;
const PLAIN_DIGEST = /^[0-9a-f]+$/i;
/** Hexadecimal digits of MD5, SHA-1, SHA-256, SHA-384 and SHA-512. */
const LENGTHS: ReadonlySet<number> = new Set([32, 40, 64, 96, 128]);
const LABEL = /^\{?\(?(?:md-?5|sha-?1|sha-?2|sha-?256|sha-?384|sha-?512)\)?\}?$/;

/**
 * A digest of a file in its normal form, lower case hexadecimal of 32, 40, 64, 96 or 128 digits, from the forms in which
 * tools write one: `MD5=…`, `sha256:…`, `{SHA256}…`, `0x…`. The length decides the kind. Undefined for anything else and
 * for a digest of one digit repeated, which stands for none.
 */
export function fileHash(text: string): string | undefined {
  if (text.length < 32 || text.length > 200) return undefined;
  if (LENGTHS.has(text.length) && PLAIN_DIGEST.test(text)) {
    const plain = text.toLowerCase();
    return isOneDigit(plain) ? undefined : plain;
  }
  let digest = text.trim().toLowerCase();
  const split = /^(\{[a-z0-9-]+\}|[a-z][a-z0-9_-]*\s*[:=])\s*/.exec(digest);
  if (split !== null) {
    const label = (split[1] as string).replace(/[:=]$/, '').trimEnd();
    if (!LABEL.test(label) && !/^(?:hash|hashes|file-?hash|digest|checksum)$/.test(label)) return undefined;
    digest = digest.slice(split[0].length);
  } else if (digest.startsWith('0x')) digest = digest.slice(2);
  if (!LENGTHS.has(digest.length) || !DIGEST.test(digest)) return undefined;
  return isOneDigit(digest) ? undefined : digest;
}

/**
 * Every file digest in a text: a list of labelled ones as Sysmon writes it (`SHA1=…,MD5=…,IMPHASH=…`, where IMPHASH is
 * none), a composite with a digest (`name|…`), the output of `sha256sum`. Each once.
 */
export function fileHashes(text: string): string[] {
  if (text.length < 32) return [];
  const clipped = text.slice(0, MAX_VALUE_LENGTH).trim();
  const one = fileHash(clipped);
  if (one !== undefined) return [one];
  const found = new Set<string>();
  for (const part of clipped.split(/[,;|\n]/)) {
    const whole = fileHash(part);
    if (whole !== undefined) found.add(whole);
    else for (const hash of amongWords(part)) found.add(hash);
  }
  return [...found];
}

function* amongWords(text: string): Generator<string> {
  let isLabelled = false;
  for (const word of text.split(/\s+/)) {
    // a digest behind a label that `fileHash` did not know is of another kind: `imphash: …`
    const hash = isLabelled ? undefined : fileHash(word.replace(/^\*/, ''));
    if (hash !== undefined) yield hash;
    isLabelled = /[:=]$/.test(word);
  }
}

function isOneDigit(digest: string): boolean {
  for (let i = 1; i < digest.length; i++) if (digest[i] !== digest[0]) return false;
  return true;
}
