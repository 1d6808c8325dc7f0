import { pathToFileURL } from 'node:url';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { CustomerRules } from '../../src/triage/rules/customer-rules.ts';
import { createThreadReader } from '../../src/triage/rules/thread-reader.ts';

// One process that takes a customer's rules into force, as the service does, and watches its event loop meanwhile:
//   node --expose-gc bench/peers/customer-load.ts RULES [THREAD]
// The thread is that of the sources, or the built one that is named.

/** What this prints, as JSON. */
export interface CustomerLoad {
  /** Until the rules are in force. */
  readonly wallMs: number;
  /** Longest time that the event loop was held up, the first alert after the exchange included. */
  readonly stallMs: number;
  /** Most CPU time that one turn of the loop took: the stall without what other processes add. */
  readonly turnMs: number;
  /** CPU time of all threads. */
  readonly cpuMs: number;
  /** Heap and buffers above before, once the rules are in force. */
  readonly keptMb: number;
  /** Resident memory above before, at the peak: the thread's included. */
  readonly peakMb: number;
}

const RULES_OF_FILE = 5;
const TOOLS = ['rundll32', 'mshta', 'certutil', 'bitsadmin', 'powershell', 'wscript', 'schtasks', 'regsvr32'];

/** A rule as customers write them: programs, parts of command lines, a filter, some with a regular expression. */
function ruleText(i: number): string {
  const tool = TOOLS[i % TOOLS.length];
  const word = (k: number): string => ((i + 1) * 2_654_435_761 * (k + 3)).toString(36).slice(0, 9);
  const regex = i % 10 === 0 ? `\n  pattern:\n    CommandLine|re: '${word(7)}\\s+/[a-z]{1,4}:\\d+'` : '';
  return `title: Customer rule ${i}
id: 00000000-0000-4000-8000-${String(i).padStart(12, '0')}
status: stable
description: ${word(1)} seen with ${tool}
logsource: {category: ${i % 3 === 0 ? 'alert' : 'process_creation, product: windows'}}
detection:
  selection:
    ${i % 3 === 0 ? 'entity.command_line' : 'CommandLine'}|contains|all: ['${tool}', '${word(2)}']
  more:
    ${i % 3 === 0 ? 'alert.text' : 'Image'}|endswith: ['\\${word(3)}.exe', '\\${word(4)}.exe', '\\${word(5)}.exe']${regex}
  filter:
    ${i % 3 === 0 ? 'entity.path' : 'ParentImage'}|contains: '\\${word(6)}\\'
  condition: (selection or more${regex === '' ? '' : ' or pattern'}) and not filter
level: ${['low', 'medium', 'high'][i % 3]}
tags: [attack.execution, attack.t1059]
falsepositives: [Administration]
reason: The words ${word(1)} were seen with ${tool}.
`;
}

async function measure(nRules: number, thread: string | undefined): Promise<CustomerLoad> {
  const store = new MemoryModelStore(() => 0);
  for (let start = 0; start < nRules; start += RULES_OF_FILE) {
    const texts = Array.from({ length: Math.min(RULES_OF_FILE, nRules - start) }, (_, i) =>
      ruleText(start + i),
    );
    await store.replace(
      `rules/${String(start).padStart(5, '0')}.yml`,
      Buffer.from(texts.join('---\n')),
      undefined,
    );
  }
  const { RuleBook } = await import('../../src/triage/rules/rule-book.ts');
  const problems: unknown[] = [];
  const customer = new CustomerRules({
    store,
    onEvent: (event, details) => {
      if (event !== 'customer_rules_loaded') problems.push(details);
    },
    read: thread === undefined ? createThreadReader() : createThreadReader(pathToFileURL(thread)),
  });
  const book = new RuleBook(customer);
  const alert = {
    id: 'a',
    title: 'Suspicious command line',
    source: 'edr',
    severity: 'high' as const,
    occurred_at: '2026-01-01T00:00:00.000Z',
    tactics: [],
    techniques: [],
    entities: [{ kind: 'process' as const, value: 'cmd.exe /c vssadmin delete shadows /all /quiet' }],
  };
  // the shipped rules are in force and warm before, as in a service that runs
  await book.refresh.call(new RuleBook());
  for (let i = 0; i < 50; i++) book.engine().evaluate(alert);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const keptOf = ({ heapUsed, external }: NodeJS.MemoryUsage): number => heapUsed + external;
  const keptBefore = keptOf(process.memoryUsage());
  let peak = before;
  let stallMs = 0;
  let turnMs = 0;
  let last = performance.now();
  let lastCpu = process.threadCpuUsage();
  let isOver = false;
  const tick = (): void => {
    const now = performance.now();
    const cpuNow = process.threadCpuUsage();
    const spent = (cpuNow.user + cpuNow.system - lastCpu.user - lastCpu.system) / 1000;
    stallMs = Math.max(stallMs, now - last);
    turnMs = Math.max(turnMs, spent);
    last = now;
    lastCpu = cpuNow;
    if (!isOver) setImmediate(tick);
  };
  const startedAtMs = performance.now();
  setImmediate(tick);
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const cpu = process.cpuUsage();
  await customer.refresh();
  const wallMs = performance.now() - startedAtMs;
  const { user, system } = process.cpuUsage(cpu);
  const { loaded } = customer;
  const nLoaded = loaded.sets.reduce((sum, { rules }) => sum + rules.length, 0);
  if (nLoaded !== nRules || problems.length > 0) {
    throw new Error(
      `Expected ${nRules} rules, got ${nLoaded}: ${JSON.stringify([...problems, ...loaded.refused].slice(0, 3))}`,
    );
  }
  await book.refresh();
  book.engine().evaluate(alert);
  await new Promise((resolve) => setTimeout(resolve, 50));
  isOver = true;
  clearInterval(watch);
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const MB = 2 ** 20;
  return {
    wallMs,
    stallMs,
    turnMs,
    cpuMs: (user + system) / 1000,
    keptMb: (keptOf(process.memoryUsage()) - keptBefore) / MB,
    peakMb: (peak - before) / MB,
  };
}

console.log(JSON.stringify(await measure(Number(process.argv[2] ?? 5_000), process.argv[3])));
