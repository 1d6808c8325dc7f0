import { parentPort, workerData } from 'node:worker_threads';
import { readRules } from './read-rules.ts';
import type { RuleText } from './sigma/read/read-documents.ts';

// The entry of the worker thread: reads the files it was started with, answers a few at a time, and ends. An answer is
// built anew on the other side, which holds up what runs there.
const FILES_OF_ANSWER = 50;

if (parentPort === null) throw new Error('Expected to run as a worker thread.');
const texts = workerData as readonly RuleText[];
for (let start = 0; start < texts.length; start += FILES_OF_ANSWER) {
  parentPort.postMessage(texts.slice(start, start + FILES_OF_ANSWER).map(readRules));
}
