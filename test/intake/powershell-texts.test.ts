import { describe, expect, it } from 'vitest';
import { mayHoldFlattened } from '../../src/intake/body/powershell-texts.ts';
import { fc } from '../support/fast-check.ts';

describe('mayHoldFlattened', () => {
  it('sees a text that begins like a flattened object or with the name of a type, in text and in bytes', () => {
    const piece = fc.constantFrom('"', '@', '{', '@{', '"@{', 'System.', '"System.', 'System', '.', 'é', ' ');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        const holds = text.includes('"@{') || text.includes('"System.');
        expect(mayHoldFlattened(text)).toBe(holds);
        expect(mayHoldFlattened(Buffer.from(text))).toBe(holds);
      }),
    );
  });
});
