/** 2^20: c log2 c is added as a whole number, so that taking back what was added leaves exactly nothing. */
const FIXED = 1_048_576;
const tableOf = Float64Array.from({ length: 4_200 }, (_, c) =>
  c < 2 ? 0 : Math.round(c * Math.log2(c) * FIXED),
);

/** How often each key is in a window. */
export class KeyCounts {
  readonly #counts = new Map<number, number>();
  /** Sum of c log2 c, in 2^-20. */
  #weight = 0;

  get distinct(): number {
    return this.#counts.size;
  }

  of(key: number): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: number): void {
    const count = this.of(key);
    this.#counts.set(key, count + 1);
    this.#weight += (tableOf[count + 1] as number) - (tableOf[count] as number);
  }

  take(key: number): void {
    const count = this.of(key);
    this.#weight += (tableOf[count - 1] as number) - (tableOf[count] as number);
    if (count === 1) this.#counts.delete(key);
    else this.#counts.set(key, count - 1);
  }

  /** Bits of the distribution of n keys. */
  entropy(n: number): number {
    return n === 0 ? Number.NaN : Math.log2(n) - this.#weight / FIXED / n;
  }
}

export interface WindowEvent {
  /** ms at which it ended. */
  readonly end: number;
  readonly port: number;
  readonly target: number;
  readonly user: number;
  /** Target and port in one number. */
  readonly place: number;
  readonly bytesOut: number;
  readonly failed: number;
  /** 1 for a login that failed, or in flows for what looks like one. */
  readonly failedLogin: number;
}

/** Events of one entity within so many ms, kept as sums of whole numbers: exact whatever comes and goes. */
export class CountWindow {
  readonly #ms: number;
  /** Position in the entity's list of the oldest event inside. */
  #from = 0;
  #n = 0;
  #failed = 0;
  #bytes = 0;
  #failedLogins = 0;
  readonly ports = new KeyCounts();
  readonly targets = new KeyCounts();
  readonly users = new KeyCounts();
  readonly places = new KeyCounts();

  /** @param from position of the first event that will be added */
  constructor(ms: number, from = 0) {
    this.#ms = ms;
    this.#from = from;
  }

  get n(): number {
    return this.#n;
  }

  get failed(): number {
    return this.#failed;
  }

  get bytesOut(): number {
    return this.#bytes;
  }

  get failedLogins(): number {
    return this.#failedLogins;
  }

  /** Position below which the window needs nothing. */
  get from(): number {
    return this.#from;
  }

  add(event: WindowEvent): void {
    this.#n++;
    this.#failed += event.failed;
    this.#bytes += event.bytesOut;
    this.#failedLogins += event.failedLogin;
    this.ports.add(event.port);
    this.targets.add(event.target);
    this.users.add(event.user);
    this.places.add(event.place);
  }

  /** Lets go of what ended more than the window before `now`, and of what is below `least`. */
  expire(events: readonly WindowEvent[], offset: number, now: number, least: number): void {
    for (;;) {
      const event = events[this.#from - offset];
      if (event === undefined || (event.end >= now - this.#ms && this.#from >= least)) return;
      this.#from++;
      this.#n--;
      this.#failed -= event.failed;
      this.#bytes -= event.bytesOut;
      this.#failedLogins -= event.failedLogin;
      this.ports.take(event.port);
      this.targets.take(event.target);
      this.users.take(event.user);
      this.places.take(event.place);
    }
  }
}
