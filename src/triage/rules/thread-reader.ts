import { Worker } from 'node:worker_threads';
import { threadScript } from '../../thread-script.ts';
import type { RulesReader } from './read-rules.ts';
import { type SentPart, SentRules } from './sigma/kept/sent-rules.ts';
import type { RefusedDocument } from './sigma/refusal.ts';

/** Heap of the thread; files beyond it fail to be read, the service goes on with the rules it has. */
const MAX_HEAP_MB = 256;

/** What the thread sends; `refused` comes last. */
type Message = SentPart | { readonly kind: 'refused'; readonly refused: readonly RefusedDocument[] };

/** Compiles in a worker thread, one per call, so that no verdict waits for YAML, regular expressions and the index. */
export function createThreadReader(entry = threadScript('rules-thread', import.meta.url)): RulesReader {
  return (texts) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(entry, {
        workerData: texts,
        resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
      });
      const rules = new SentRules();
      worker.on('message', (message: Message) => {
        if (message.kind !== 'refused') rules.take(message);
        else rules.set().then((set) => resolve({ set, refused: message.refused }), reject);
      });
      worker.on('error', reject);
      // with every part here the set is on its way
      worker.on('exit', (code) => {
        if (code !== 0 || !rules.isWhole)
          reject(new Error(`The thread that reads rules ended with code ${code} before it answered.`));
      });
    });
}
