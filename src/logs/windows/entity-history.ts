import type { CountWindow, WindowEvent } from './count-window.ts';
import { FailingSources } from './login-history.ts';
import { NO_UPLOAD, SourceHistory, type SourceState } from './source-history.ts';

/** Entities of a kind; the one that was silent longest leaves. */
export const MAX_ENTITIES = 1_000_000;
const MAX_STARTS = 12;
const LEAST_STARTS = 4;
/** Sources of one place that are told apart. */
const MAX_SOURCES = 64;
const MINUTE_MS = 60_000;

/** Windows by name and length, in ms. */
export const WINDOWS = { '1m': MINUTE_MS, '10m': 10 * MINUTE_MS, '1h': 60 * MINUTE_MS } as const;
export const DAY_WINDOW = { '24h': 24 * 60 * MINUTE_MS } as const;

/** An event as the history takes it. */
export interface HistoryEvent extends WindowEvent {
  readonly start: number;
  readonly source: number;
}

/** Everything a history knows, as data; {@link EntityHistory.from} makes the same again of it. */
export interface HistoryState {
  readonly sources: readonly (readonly [source: number, state: SourceState])[];
  readonly places: ReadonlyMap<string, PlaceHistory>;
  readonly visitors: ReadonlyMap<number, ReadonlySet<number>>;
  readonly accounts: readonly (readonly [user: number, state: ReturnType<FailingSources['toState']>])[];
  readonly newlyFailing: ReturnType<FailingSources['toState']>;
  readonly pairs: ReadonlyMap<string, true>;
}

/** Starts of one source's events at one place. */
interface PlaceHistory {
  n: number;
  readonly starts: number[];
}

/** What is known of a place and source before an event begins. */
export interface Gaps {
  readonly n: number;
  readonly mean: number;
  /** Standard deviation over mean of the last gaps, the one up to now included. */
  readonly cv: number;
}

const NO_GAPS = { mean: Number.NaN, cv: Number.NaN };

/**
 * What has happened so far, entity by entity. Events enter when they have ended; what is asked about one sees only those
 * that had ended before it began. Nothing of a name or address goes in but that two are the same.
 */
export class EntityHistory {
  readonly #lengths: readonly number[];
  readonly #sources = new Map<number, SourceHistory>();
  readonly #places = new Map<string, PlaceHistory>();
  readonly #visitors = new Map<number, Set<number>>();
  /** By account, who failed on it. */
  readonly #accounts = new Map<number, FailingSources>();
  /** Who failed, anywhere, with an account that it was never seen with. */
  #newlyFailing = new FailingSources();
  /** Accounts that a source was seen with. */
  readonly #pairs = new Map<string, true>();

  constructor(lengths: readonly number[]) {
    this.#lengths = lengths;
  }

  toState(): HistoryState {
    return {
      sources: Array.from(this.#sources, ([source, history]) => [source, history.toState()]),
      places: this.#places,
      visitors: this.#visitors,
      accounts: Array.from(this.#accounts, ([user, failing]) => [user, failing.toState()]),
      newlyFailing: this.#newlyFailing.toState(),
      pairs: this.#pairs,
    };
  }

  static from(lengths: readonly number[], state: HistoryState): EntityHistory {
    const made = new EntityHistory(lengths);
    for (const [source, one] of state.sources) made.#sources.set(source, new SourceHistory(lengths, one));
    for (const [place, one] of state.places) made.#places.set(place, one);
    for (const [target, sources] of state.visitors) made.#visitors.set(target, new Set(sources));
    for (const [user, attempts] of state.accounts) made.#accounts.set(user, FailingSources.from(attempts));
    made.#newlyFailing = FailingSources.from(state.newlyFailing);
    for (const [pair] of state.pairs) made.#pairs.set(pair, true);
    return made;
  }

  /** The windows of a source as of `now`, or none where it is new. */
  windowsOf(source: number, now: number): readonly CountWindow[] | undefined {
    const history = this.#sources.get(source);
    history?.expire(now);
    return history?.windows;
  }

  upload(source: number, target: number, logBytes: number): { readonly z: number; readonly rank: number } {
    return this.#sources.get(source)?.upload(logBytes, target) ?? NO_UPLOAD;
  }

  gaps(source: number, place: number, start: number): Gaps {
    const history = this.#places.get(`${source} ${place}`);
    if (history === undefined) return { n: 0, ...NO_GAPS };
    const { n, starts } = history;
    if (n < LEAST_STARTS) return { n, ...NO_GAPS };
    const nGaps = starts.length;
    const mean = (start - (starts[0] as number)) / nGaps;
    if (mean === 0) return { n, ...NO_GAPS };
    let squares = 0;
    for (let i = 0; i < nGaps; i++) {
      const gap = (i + 1 < nGaps ? (starts[i + 1] as number) : start) - (starts[i] as number);
      squares += (gap - mean) ** 2;
    }
    return { n, mean, cv: Math.sqrt(squares / nGaps) / mean };
  }

  /** Sources other than this one that were seen at a target. */
  otherSources(source: number, target: number): number {
    const visitors = this.#visitors.get(target);
    if (visitors === undefined) return 0;
    return visitors.size - (visitors.has(source) ? 1 : 0);
  }

  /**
   * Of a login by a source on an account that begins `now`: whether they were never seen together, and how many other
   * sources failed in the hour before on this account, and with any account that was new to them.
   */
  login(
    source: number,
    user: number,
    now: number,
  ): { readonly isNew: boolean; readonly onAccount: number; readonly newlyFailing: number } {
    return {
      isNew: !this.#pairs.has(`${source} ${user}`),
      onAccount: this.#accounts.get(user)?.others(source, now) ?? 0,
      newlyFailing: this.#newlyFailing.others(source, now),
    };
  }

  /** @param logBytes log(1 + bytes out), NaN where they are not known */
  enter(event: HistoryEvent, logBytes: number): void {
    const { source, place, target, start } = event;
    if (source < 0) return;
    touched(this.#sources, source, () => new SourceHistory(this.#lengths)).enter(event, logBytes);
    const history = touched(this.#places, `${source} ${place}`, () => ({ n: 0, starts: [] }));
    history.n++;
    history.starts.push(start);
    if (history.starts.length > MAX_STARTS) history.starts.shift();
    if (event.user >= 0) this.#enterLogin(event);
    if (target < 0) return;
    const visitors = touched(this.#visitors, target, () => new Set<number>());
    if (visitors.size < MAX_SOURCES) visitors.add(source);
  }

  #enterLogin({ source, user, end, failedLogin }: HistoryEvent): void {
    const pair = `${source} ${user}`;
    if (failedLogin === 1) {
      touched(this.#accounts, user, () => new FailingSources()).enter({ source, end });
      if (!this.#pairs.has(pair)) this.#newlyFailing.enter({ source, end });
    }
    touched(this.#pairs, pair, () => true);
  }
}

/** The entry of a key, made where it is new, moved to the end: what stands first was silent longest. */
function touched<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    if (map.size >= MAX_ENTITIES) map.delete(map.keys().next().value as K);
    value = make();
  } else if (map.size > MAX_ENTITIES / 2) map.delete(key);
  else return value;
  map.set(key, value);
  return value;
}
