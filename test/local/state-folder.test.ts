import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stateFolderFault } from '../../src/local/state/state-folder.ts';

it('makes the folder, and leaves nothing in it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'state-'));
  try {
    const path = join(folder, 'a', 'b');
    expect(stateFolderFault(path)).toBeUndefined();
    expect(readdirSync(path)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('says that nothing can be written there', () => {
  // of the system's own file systems, which refuse whoever asks
  expect(stateFolderFault('/proc/alertforest')).toMatch(
    /^(nothing can be written there|this user may not write there)$/,
  );
});

it('says how much is left where that is too little', () => {
  const folder = mkdtempSync(join(tmpdir(), 'state-'));
  try {
    expect(stateFolderFault(folder, { leastBytes: Number.MAX_SAFE_INTEGER })).toMatch(
      /^\d+ MB are left on its disk, and 9007199255 are needed$/,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
