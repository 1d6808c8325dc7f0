export const UTF16_MODIFIERS = ['wide', 'utf16le', 'utf16be', 'utf16'] as const;
export type Utf16Modifier = (typeof UTF16_MODIFIERS)[number];

/** Bytes of a text in UTF-16; `utf16` puts the byte order mark of little endian before it. */
export function utf16Bytes(text: string, modifier: Utf16Modifier): Buffer {
  const little = Buffer.from(text, 'utf16le');
  if (modifier === 'utf16be') return Buffer.from(little).swap16();
  return modifier === 'utf16' ? Buffer.concat([Buffer.from([0xff, 0xfe]), little]) : little;
}

export const base64Of = (bytes: Buffer): string => bytes.toString('base64');

const CUT_START = [0, 2, 3];
const CUT_END = [0, 3, 2];

/**
 * The three texts, one of which any base64 text has that encodes `bytes` somewhere inside.
 *
 * `bytes` is encoded behind 0, 1 and 2 others, and characters that depend on the neighbours are cut off.
 *
 * @see Sigma modifiers appendix 2.1, `base64offset`
 */
export function base64Offsets(bytes: Buffer): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift, ' '), bytes]).toString('base64');
    return encoded.slice(CUT_START[shift]!, encoded.length - CUT_END[(bytes.length + shift) % 3]!);
  });
}
