import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { RuleSet } from './sigma/rule-set.ts';

/** Longest time without a pause, in ms; one expression alone may take longer. */
const SLICE_MS = 5;

/** Does in slices what the first alerts would wait for: tables of the index, regular expressions. */
export async function warmUp(set: RuleSet): Promise<void> {
  let startedAtMs = performance.now();
  for (const _ of set.preparing()) {
    if (performance.now() - startedAtMs < SLICE_MS) continue;
    await yieldToOthers();
    startedAtMs = performance.now();
  }
}
