import packageJson from '../../package.json' with { type: 'json' };
import type { RunFacts } from '../evaluation/run-facts.ts';

/** How this run was started, for its report. */
export function runFacts(): RunFacts {
  return {
    command: ['alertforest', ...process.argv.slice(2).map(shellWord)].join(' '),
    version: packageJson.version,
    created_at: new Date().toISOString(),
  };
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
