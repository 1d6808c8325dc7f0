import { parentPort, workerData } from 'node:worker_threads';
import { readCustomerSet } from './customer-set.ts';
import { buffersOf, partsOf } from './sigma/kept/sent-rules.ts';
import type { RuleText } from './sigma/read/read-documents.ts';

// The entry of the worker thread: compiles the files it was started with, sends the rules part by part, what was refused
// last, and ends.

if (parentPort === null) throw new Error('Expected to run as a worker thread.');
const { rules, refused } = readCustomerSet(workerData as readonly RuleText[]);
for (const part of partsOf(rules)) parentPort.postMessage(part, buffersOf(part));
parentPort.postMessage({ kind: 'refused', refused });
