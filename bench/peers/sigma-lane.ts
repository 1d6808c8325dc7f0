import { readFileSync } from 'node:fs';
import { ruleTexts } from '../../src/cli/rules/load-rules.ts';
import type { SigmaEvent } from '../../src/triage/rules/sigma/match/event-field.ts';
import { evaluatePlain } from '../../src/triage/rules/sigma/match/plain.ts';
import type { Logsource } from '../../src/triage/rules/sigma/read/document.ts';
import { compileRules } from '../../src/triage/rules/sigma/rule-set.ts';

// Our engine over one lane of events, JSON parsing included, as the program beside it measures rsigma:
//   node bench/peers/sigma-lane.ts RULES_DIR LANE.ndjson SECONDS [product/category]

/** What both programs print. */
export interface LaneResult {
  readonly rules: number;
  /** Events per second of CPU time. */
  readonly perSecond: number;
  /** Matches of one pass over the lane. */
  readonly matches: number;
  /** The same with every rule evaluated on every event. */
  readonly plainPerSecond: number;
  readonly routed: { readonly perSecond: number; readonly matches: number } | null;
  readonly loadMs: number;
  /** Peak of the resident memory once the rules are loaded and one pass is done. */
  readonly peakMb: number;
  /** The same above the process before loading. */
  readonly addedMb: number;
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const peakMb = (): number => process.resourceUsage().maxRSS / 1024;

function rate(lines: readonly string[], seconds: number, matchesOf: (event: SigmaEvent) => number) {
  const start = cpuSeconds();
  let events = 0;
  for (;;) {
    let matches = 0;
    for (const line of lines) matches += matchesOf(JSON.parse(line) as SigmaEvent);
    events += lines.length;
    const spent = cpuSeconds() - start;
    if (spent >= seconds) return { perSecond: events / spent, matches };
  }
}

function measure(folder: string, lane: string, seconds: number, source: string | undefined): LaneResult {
  const base = peakMb();
  const start = cpuSeconds();
  const set = compileRules(ruleTexts(folder));
  const loadMs = (cpuSeconds() - start) * 1000;
  const lines = readFileSync(lane, 'utf8').trim().split('\n');
  for (const line of lines) set.match(JSON.parse(line) as SigmaEvent);
  const peak = peakMb();
  const whole = rate(lines, seconds, (event) => set.match(event).length);
  const some = lines.filter((_, i) => i % 20 === 0);
  const plain = rate(
    some,
    seconds / 2,
    (event) =>
      set.rules.filter(({ expression }) => evaluatePlain(expression, event, 'sigma') === true).length,
  );
  const [product = '', category = ''] = source?.split('/') ?? [];
  const logsource: Logsource = { product, category };
  const routed =
    source === undefined ? null : rate(lines, seconds, (event) => set.match(event, logsource).length);
  return {
    rules: set.rules.length,
    ...whole,
    plainPerSecond: plain.perSecond,
    routed,
    loadMs,
    peakMb: peak,
    addedMb: peak - base,
  };
}

const [folder = '', lane = '', seconds = '2', source] = process.argv.slice(2);
console.log(JSON.stringify(measure(folder, lane, Number(seconds), source)));
