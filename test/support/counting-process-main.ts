import { type CountingOptions, countingInstance } from './counting-instance.ts';

// An instance in a process of its own, so that it can be killed. Its parent says what it is told and when.

export type CountingStart = Omit<CountingOptions, 'now'>;
export type CountingCommand = { readonly nowMs: number } & (
  | { readonly see: number }
  | { readonly tick: true }
);

let nowMs = 0;
let instance: ReturnType<typeof countingInstance> | undefined;

process.on('message', (message: CountingStart | CountingCommand) => {
  void obey(message).then((problem) => process.send?.({ done: true, problem }));
});
process.on('disconnect', () => process.exit());

async function obey(message: CountingStart | CountingCommand): Promise<string | undefined> {
  if (!('nowMs' in message)) {
    instance = countingInstance({ ...message, now: () => nowMs });
    return undefined;
  }
  nowMs = message.nowMs;
  if ('see' in message) instance?.see(message.see);
  else await instance?.shared.tick();
  return instance?.events.find((event) => !event.startsWith('behavior_loaded'));
}
