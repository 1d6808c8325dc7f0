import type { Fault } from '../fault-proxy.ts';
import { FaultyInstance, type InstanceOptions } from './instance.ts';
import { type Broken, Ledger, lookForBroken } from './ledger.ts';
import { callClass, OPERATIONS, type OperationName, type Request, type Told, tell } from './operations.ts';

/** Within which everything is well again once a fault has ended. */
const RECOVERY_MS = 10_000;

/** One thing tried, and what came of it. */
export interface Outcome {
  readonly operation: OperationName;
  readonly tried: string;
  /** What the caller was told while it was broken; undefined where the process was gone. */
  readonly told: Told | undefined;
  /** From the end of the cause until the operation was done and health was ok, in ms. */
  readonly recoveredMs: number;
  readonly broken: readonly Broken[];
}

/** Asks for nothing: whoever was told that it was done does not ask again. */
export const NOTHING: Request = { ask: async () => {} };

/** The storage of one cell and the instances that work on it, in places that keep their names. */
export class Cell {
  readonly #storage: string;
  readonly #options: InstanceOptions;
  readonly #instances: (FaultyInstance | undefined)[] = [];
  readonly ledger: Ledger;

  constructor(storage: string, options: InstanceOptions & { readonly isRaced?: boolean } = {}) {
    this.#storage = storage;
    this.#options = options;
    this.ledger = new Ledger(storage, options);
  }

  /** The instance in a place, started anew where the one before was killed. */
  async instance(place = 0): Promise<FaultyInstance> {
    const before = this.#instances[place];
    if (before?.isRunning) return before;
    await before?.stop();
    const started = await FaultyInstance.start(this.#storage, {
      ...{ instanceId: `place-${place}` },
      ...this.#options,
    });
    this.#instances[place] = started;
    return started;
  }

  /** Two promoted versions of each model, so that there is something to activate. */
  async begin(): Promise<void> {
    const instance = await this.instance();
    for (const name of ['first start', 'retrain'] as const) {
      const request = await OPERATIONS[name](instance, this.ledger);
      // nothing is broken yet, but a busy machine may need a second try
      if ((await tell(request, instance)).status !== 200) await request.ask(instance);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#instances.map((instance) => instance?.stop()));
  }

  /** Asks again as a caller does until it was done and health is ok, and looks whether all that was promised is there. */
  async recover(request: Request, place = 0): Promise<Pick<Outcome, 'recoveredMs' | 'broken'>> {
    const { recoveredMs, slow } = await this.untilWell(request, place);
    return { recoveredMs, broken: [...(await lookForBroken(this.ledger)), ...slow] };
  }

  /** Asks again as a caller does until it was done and health is ok. */
  async untilWell(
    request: Request,
    place: number,
  ): Promise<{ readonly recoveredMs: number; readonly slow: readonly Broken[] }> {
    const startedAtMs = performance.now();
    let last: Told;
    let health: readonly string[] = [];
    for (;;) {
      // whoever was killed is started again, or the others would go on hearing of it for three beats
      const instances = await Promise.all(this.#instances.map((_, at) => this.instance(at)));
      last = await tell(request, instances[place] ?? (await this.instance(place)));
      if (last.status === 200) {
        await Promise.all(instances.map(({ app }) => app.warmUp()));
        health = (await (await this.instance(place)).app.health.details()).reasons;
        if (health.length === 0) break;
      }
      if (performance.now() - startedAtMs > 2 * RECOVERY_MS) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const recoveredMs = performance.now() - startedAtMs;
    const why = last.status === 200 ? health.join('; ') : `${last.code}: ${last.detail}`;
    const says = `not well ${Math.round(recoveredMs)} ms after the end: ${why}`;
    return { recoveredMs, slow: recoveredMs > RECOVERY_MS ? [{ kind: 'slow', says }] : [] };
  }
}

/** A kind of storage fault, as it happens to one call or to every call of a kind until it is mended. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'status 500': { kind: 'status', status: 500 },
  'status 503': { kind: 'status', status: 503, code: 'ServerBusy' },
  'status 429': { kind: 'status', status: 429 },
  'status 403': { kind: 'status', status: 403, code: 'AuthorizationFailure' },
  'status 409': { kind: 'status', status: 409, code: 'ContainerBeingDeleted' },
  'status 412': { kind: 'status', status: 412, code: 'ConditionNotMet' },
  'a cut connection': { kind: 'cut' },
  'half an answer': { kind: 'reset' },
  'a lost answer': { kind: 'lost-answer' },
  'a delay': { kind: 'delay', ms: 50 },
  'no answer': { kind: 'hang' },
};

/** The kinds of calls of one operation, in the order of the first of each. */
export async function callsOf(cell: Cell, operation: OperationName): Promise<readonly string[]> {
  const instance = await cell.instance();
  const request = await OPERATIONS[operation](instance, cell.ledger);
  const before = instance.proxy.calls.length;
  await request.ask(instance);
  return instance.proxy.calls.slice(before).map(callClass);
}

/** Breaks one kind of call while an operation is asked for. */
export async function tryFault(
  cell: Cell,
  operation: OperationName,
  { call, name, times }: { readonly call: string; readonly name: string; readonly times: number },
): Promise<Outcome> {
  const instance = await cell.instance();
  const request = await OPERATIONS[operation](instance, cell.ledger);
  const mend = instance.proxy.break({
    matches: (method, path) => callClass(`${method} ${path}`) === call,
    times,
    fault: FAULTS[name] as Fault,
  });
  const told = await tell(request, instance);
  mend();
  const tried = `${name}${times === 1 ? '' : ', lasting'} at ${call}`;
  return { operation, tried, told, ...(await cell.recover(told.status === 200 ? NOTHING : request)) };
}

/**
 * Kills the instance at its `nth` call of an operation, before storage hears of it or once it has done it.
 *
 * @returns undefined where the operation makes fewer calls
 */
export async function tryKill(
  cell: Cell,
  operation: OperationName,
  { nth, when }: { readonly nth: number; readonly when: 'before' | 'after' },
): Promise<Outcome | undefined> {
  const instance = await cell.instance();
  const request = await OPERATIONS[operation](instance, cell.ledger);
  const before = instance.proxy.calls.length;
  void instance.killAt(nth, when);
  // what a dead process would have answered reached nobody
  await tell(request, instance);
  const isKilled = !instance.isRunning;
  const call = callClass(instance.proxy.calls[before + nth - 1] ?? '');
  const outcome = { operation, told: undefined, ...(await cell.recover(request)) };
  return isKilled ? { ...outcome, tried: `killed ${when} call ${nth}, ${call}` } : undefined;
}
