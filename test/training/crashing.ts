/** Thrown where the process "dies". */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/**
 * Lets a process die at its n-th storage call: before the call has an effect, or after it had one and before its
 * answer arrived. Once dead, every further call throws as well, so that no cleanup code can reach storage.
 */
export class Crasher {
  readonly #at: number;
  readonly #when: 'before' | 'after';
  calls = 0;
  isDead = false;
  /** Name of the call it died at. */
  diedAt: string | undefined;

  constructor(at: number, when: 'before' | 'after') {
    this.#at = at;
    this.#when = when;
  }

  wrap<T extends object>(store: T, name: string): T {
    return new Proxy(store, {
      get: (target, property) => {
        const member = Reflect.get(target, property, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          const label = `${name}.${String(property)}`;
          const isIterable =
            ['list', 'samples', 'entriesSince', 'incidents'].includes(String(property)) && name !== 'runs';
          if (isIterable) return this.#iterate(() => member.apply(target, args), label);
          return this.#call(async () => {
            const result = await member.apply(target, args);
            return property === 'acquireLease' && result ? this.wrap(result as object, 'lease') : result;
          }, label);
        };
      },
    });
  }

  async *#iterate(open: () => AsyncIterable<unknown>, label: string): AsyncGenerator<unknown> {
    await this.#call(async () => undefined, label);
    yield* open();
  }

  async #call(run: () => Promise<unknown>, label: string): Promise<unknown> {
    if (this.isDead) throw new Crash(`dead since ${this.diedAt}`);
    const isLast = ++this.calls === this.#at;
    if (isLast && this.#when === 'before') this.#die(label);
    const result = await run();
    if (isLast) this.#die(label);
    return result;
  }

  #die(label: string): never {
    this.isDead = true;
    this.diedAt = label;
    throw new Crash(label);
  }
}
