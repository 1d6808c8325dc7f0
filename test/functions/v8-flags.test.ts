import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { V8_FLAGS } from '../../functions/v8-flags.ts';

describe('what V8 is told', () => {
  it('is known to it: one that it does not know, it ignores when it is set later', () => {
    const statusWith = (flag: string): number | null =>
      spawnSync(process.execPath, [flag, '--eval', '0']).status;
    for (const flag of V8_FLAGS) expect(statusWith(flag), flag).toBe(0);
    expect(statusWith('--no-such-flag-of-v8')).not.toBe(0);
  });
});
