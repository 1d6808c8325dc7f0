import { Worker } from 'node:worker_threads';
import type { ReadRules, RulesReader } from './read-rules.ts';

/** Heap of the thread; files beyond it fail to be read, the service goes on with the rules it has. */
const MAX_HEAP_MB = 256;

/** Beside the bundle, or the source where this file runs as source. */
function threadScript(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './rules-thread.ts' : './rules-thread.mjs', import.meta.url);
}

/** Reads in a worker thread, one per call, so that no verdict waits for YAML and regular expressions. */
export function createThreadReader(entry = threadScript()): RulesReader {
  return (texts) =>
    texts.length === 0
      ? Promise.resolve([])
      : new Promise((resolve, reject) => {
          const worker = new Worker(entry, {
            workerData: texts,
            resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
          });
          const answers: ReadRules[] = [];
          worker.on('message', (some: readonly ReadRules[]) => {
            answers.push(...some);
            if (answers.length === texts.length) resolve(answers);
          });
          worker.on('error', reject);
          // after an answer this changes nothing
          worker.on('exit', (code) => {
            reject(new Error(`The thread that reads rules ended with code ${code} before it answered.`));
          });
        });
}
